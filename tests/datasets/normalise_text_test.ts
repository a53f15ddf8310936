import { equal } from "node:assert/strict";
import { normaliseText } from "../../lib/datasets/normalise_text.ts";

Deno.test("normaliseText() makes spellings of one message equal", () => {
  const cases = [
    ["I don't  KNOW…\n", "i dont know"],
    ["i dont know", "i dont know"],
    ["(well-known)", "well known"],
    ["ｆｕｌｌ ﬁne", "full fine"], // full-width letters and a ligature
    ["cafe\u0301", "caf\u00e9"], // a combining accent
    ["hap\u200bpy\u00a0d\u00ada\ufeffy", "happy day"], // without width; a space that does not break
    ["I <3 it 😀", "i <3 it 😀"], // symbols carry sentiment and stay
    [" ?! ", ""],
    ["don\u0092t donâ€™t DON´T don＇t don`t", "dont dont dont dont dont"], // apostrophes, mistaken too
    ["don&#39;t don&#x27;t don&amp;#39;t don&#146;t", "dont dont dont dont"],
    ["cafÃ© &amp; bar&nbsp;AT&T &lt;3", "café bar at t <3"], // UTF-8 read as Windows-1252; entities
    ["naïve é’", "naïve é"],
    ["don‚Äôt don‚Äôt caf√©", "dont dont café"], // UTF-8 read by a Mac
    ["donÃ¢â‚¬â„¢t", "dont"], // twice
    ["l’été d’à côté", "lété dà côté"], // a Mac would read UTF-8 in ’é
    ["don?t we?ll don\ufffdt, what?yes", "dont well dont what yes"],
    [String.raw`don\u2019t don\'t \u002c ok`, "dont dont ok"],
    ["caf&eacute; stra&szlig;e &copy;", "café straße ©"],
    ["fine<br /><br>day <a href='x'>here</a> a<b", "fine day here a<b"],
    ["Wow!!!! so ... good ??!", "wow so good"],
    ["😡😡😡 ~~~", "😡 ~"],
    ["RT @Somebody_1: see https://t.co/Ab1?x=2 now", "see now"],
    ["<user> see [URL] now @user http", "see now"],
    ["@USER see HTTPURL now {link}", "see now"],
    ["see www.example.org/a,b now bit.ly/3x", "see now"],
    ["write to me@example.org, 3.5/5 and/or", "write to me example org 3 5 5 and or"],
    ["don t do n't do n t I ' m they 're", "dont dont dont im theyre"],
    ["don%27t don%E2%80%99t donÕt AÇÕES 5 t", "dont dont dont ações 5 t"],
    ["RT this, the heart", "rt this the heart"],
  ] as const;
  for (const [text, wanted] of cases) {
    equal(normaliseText(text), wanted);
    equal(normaliseText(wanted), wanted);
  }
});

Deno.test("normaliseText() keeps what a text is all of, be it a link or a name", () => {
  equal(normaliseText("https://t.co/Ab1"), "https t co ab1");
  equal(normaliseText("@user"), "user");
  equal(normaliseText("http"), "http");
});

Deno.test("normaliseText() tells messages apart that differ in a word, a number or a symbol", () => {
  const apart = ["i am happy", "i am unhappy", "i am so happy", "i am happy 2", "i am happy 😡"];
  equal(new Set(apart.map(normaliseText)).size, apart.length);
});
