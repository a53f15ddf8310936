/** Instructions that put numbers, texts and bytes on the stack. @module */

import { bytesInMemory, bytesWithin } from "./byte_source.ts";
import { decodeUtf8 } from "./dtype.ts";
import { costs, type Machine } from "./machine.ts";
import { Bytes, LongText } from "./values.ts";

// Longer ones stay in the file.
const kept = 1 << 12;
const longestLine = 1 << 26;
const longestNumber = 1 << 10;

/** By their code, what instructions do. */
export type Opcodes = Readonly<Record<number, (machine: Machine) => void>>;

/** Those of this module. */
export const valueOpcodes: Opcodes = {
  0x4e: (m) => m.push(null), // NONE
  0x88: (m) => m.push(true), // NEWTRUE
  0x89: (m) => m.push(false), // NEWFALSE
  0x4a: (m) => m.push(m.cursor.int32()), // BININT
  0x4b: (m) => m.push(m.cursor.uint8()), // BININT1
  0x4d: (m) => m.push(m.cursor.uint16()), // BININT2
  0x47: (m) => m.push(m.cursor.float64()), // BINFLOAT
  0x8a: (m) => pushLong(m, m.cursor.uint8()), // LONG1
  0x8b: (m) => pushLong(m, m.cursor.int32()), // LONG4
  0x49: pushInt,
  0x4c: (m) => m.push(wholeNumber(m, asciiLine(m).replace(/L$/, ""))), // LONG
  0x46: pushFloat,

  0x8c: (m) => pushText(m, m.cursor.uint8()), // SHORT_BINUNICODE
  0x58: (m) => pushText(m, m.cursor.uint32()), // BINUNICODE
  0x8d: (m) => pushText(m, m.cursor.uint64()), // BINUNICODE8
  0x56: pushUnicodeLine,

  0x43: (m) => pushBytes(m, m.cursor.uint8()), // SHORT_BINBYTES
  0x42: (m) => pushBytes(m, m.cursor.uint32()), // BINBYTES
  0x8e: (m) => pushBytes(m, m.cursor.uint64()), // BINBYTES8
  0x96: (m) => pushBytes(m, m.cursor.uint64()), // BYTEARRAY8

  0x55: (m) => pushOldText(m, m.cursor.uint8()), // SHORT_BINSTRING
  0x54: (m) => pushOldText(m, m.cursor.int32()), // BINSTRING
  0x53: pushOldLine,
};

function asciiLine({ cursor }: Machine): string {
  return String.fromCharCode(...cursor.line(longestNumber));
}

// Two's complement, the least byte first.
function pushLong(machine: Machine, length: number): void {
  if (length < 0 || length > longestNumber) {
    throw machine.error(`a number of at most ${longestNumber} bytes`, `a length of ${length}`);
  }
  const bytes = machine.cursor.bytes(length);
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i]!);
  if (length > 0 && bytes[length - 1]! > 0x7f) value -= 1n << BigInt(8 * length);
  machine.push(smallIfSafe(value), costs.value + length);
}

function smallIfSafe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function wholeNumber(machine: Machine, text: string): number | bigint {
  if (/^ *[+-]?\d+ *$/.test(text)) return smallIfSafe(BigInt(text));
  throw machine.error("a whole number", JSON.stringify(text.slice(0, 40)));
}

// INT: protocol 0 and 1 have true and false as 01 and 00.
function pushInt(machine: Machine): void {
  const text = asciiLine(machine);
  if (text === "00" || text === "01") machine.push(text === "01");
  else machine.push(wholeNumber(machine, text));
}

// FLOAT
function pushFloat(machine: Machine): void {
  const text = asciiLine(machine).trim();
  const special: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  const value = special[text] ?? (/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN);
  if (Number.isNaN(value) && text !== "nan") {
    throw machine.error("a number", JSON.stringify(text.slice(0, 40)));
  }
  machine.push(value);
}

function pushText(machine: Machine, length: number): void {
  const { cursor } = machine;
  if (length > kept) {
    const start = cursor.skip(length);
    machine.push(new LongText(bytesWithin(cursor.source, start, length)), costs.container);
    return;
  }
  try {
    machine.push(decodeUtf8(cursor.bytes(length)), costs.value + 2 * length);
  } catch (error) {
    if (error instanceof RangeError && error.message.includes("UTF-8")) {
      throw machine.error("a text in UTF-8", "other bytes");
    }
    throw error;
  }
}

function pushBytes(machine: Machine, length: number): void {
  const { cursor } = machine;
  const source = length > kept
    ? bytesWithin(cursor.source, cursor.skip(length), length)
    : bytesInMemory(cursor.bytes(length).slice());
  machine.push(new Bytes(source), costs.container + Math.min(length, kept));
}

// What Python 2 calls a string may be text, in whatever encoding, or an array's numbers.
function pushOldText(machine: Machine, length: number): void {
  if (length < 0) throw machine.error("a length", `${length}`);
  if (length > kept) return pushBytes(machine, length);
  pushOld(machine, machine.cursor.bytes(length).slice());
}

function pushOld(machine: Machine, bytes: Uint8Array): void {
  if (bytes.length <= kept && bytes.every((byte) => byte < 0x80)) {
    machine.push(latin1(bytes), costs.value + bytes.length);
  } else machine.push(new Bytes(bytesInMemory(bytes)), costs.container + bytes.length);
}

function latin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += kept) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + kept)));
  }
  return parts.join("");
}

// STRING: in quotes, as Python prints it.
function pushOldLine(machine: Machine): void {
  const text = latin1(machine.cursor.line(longestLine));
  const [, quote, inner] = /^\s*(["'])(.*)\1\s*$/s.exec(text) ?? [];
  if (quote === undefined) {
    throw machine.error("a text in quotes", JSON.stringify(text.slice(0, 40)));
  }
  const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t" };
  const plain = inner!.replace(
    /\\(?:x([\da-f]{2})|([nrt])|(.))/gis,
    (_, hex, letter, other) =>
      hex ? String.fromCharCode(parseInt(hex, 16)) : escapes[letter] ?? other,
  );
  pushOld(machine, Uint8Array.from(plain, (character) => character.charCodeAt(0)));
}

// UNICODE: a byte a character, all others as \uXXXX or \UXXXXXXXX.
function pushUnicodeLine(machine: Machine): void {
  const text = latin1(machine.cursor.line(longestLine))
    .replace(/\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})/g, (_, short, long) => {
      const code = parseInt(short ?? long, 16);
      if (code > 0x10ffff) throw machine.error("a character", `the number ${code}`);
      return String.fromCodePoint(code);
    });
  machine.push(text, costs.value + 2 * text.length);
}
