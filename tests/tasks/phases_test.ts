import { deepEqual } from "node:assert/strict";
import { phasesToCsv, timedSteps, type Usage } from "../../tasks/reproduce/phases.ts";

Deno.test("each step has the seconds until the next, its rounds together, and its own peak", () => {
  const now = { wallSeconds: 10, processorSeconds: 5, megabytes: 100 };
  const shown: unknown[] = [];
  const untimed = {
    show: (...told: unknown[]) => void shown.push(told),
    end() {},
    onEpoch() {},
    onEnd() {},
  };
  const steps = timedSteps(untimed, {
    usage: (): Usage => ({ ...now }),
    everyMilliseconds: 1e9,
  });
  const after = (wall: number, processor: number, megabytes: number) => {
    now.wallSeconds += wall;
    now.processorSeconds += processor;
    now.megabytes = megabytes;
  };
  after(1, 2, 300);
  steps.show("encoding text", 1, 2);
  after(4, 8, 500);
  steps.show("encoding text", 2, 2);
  after(1, 1, 200);
  steps.begin("table_1");
  after(2, 3, 400);
  steps.show("training", 1, 1);
  after(5, 10, 900);
  steps.begin("fig_1");
  after(0.5, 0.25, 700);
  steps.show("encoding text", 1, 1);
  after(1, 1, 50);
  steps.begin("fig_1");
  after(2, 2, 60);
  deepEqual(
    phasesToCsv(steps.phases()),
    `result,step,wall_seconds,processor_seconds,peak_megabytes
,start,1.0,2.0,300
,encoding text,5.0,9.0,500
table_1,table_1,2.0,3.0,400
table_1,training,5.0,10.0,900
fig_1,fig_1,2.5,2.3,900
fig_1,encoding text,1.0,1.0,700
`,
  );
  deepEqual(shown.map((told) => (told as unknown[])[0]), [
    ...["encoding text", "encoding text", "table_1", "training", "fig_1", "encoding text", "fig_1"],
  ]);
  steps.stop();
});
