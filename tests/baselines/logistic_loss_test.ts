import { equal, ok } from "node:assert/strict";
import { logit, logLoss, sigmoid } from "../../lib/baselines/logistic_loss.ts";

function near(got: number, wanted: number) {
  ok(Math.abs(got - wanted) < 1e-9, `${got}, not ${wanted}`);
}

Deno.test("logit() undoes sigmoid(), up to where float32 says no more", () => {
  for (const x of [-16, -3, 0, 0.5, 16]) near(logit(sigmoid(x)), x);
  near(logit(3 / 4), Math.log(3));
  near(logit(1), 16.118095550958317);
  equal(logit(1e-30), logit(0));
  near(logit(0), -logit(1));
});

Deno.test("logLoss() is minus the log probability of the label, however large the margin", () => {
  near(logLoss(Math.log(3), 1), -Math.log(3 / 4));
  near(logLoss(Math.log(3), 0), -Math.log(1 / 4));
  equal(logLoss(1000, 0), 1000);
  equal(logLoss(-1000, 1), 1000);
  equal(logLoss(1000, 1), 0);
});
