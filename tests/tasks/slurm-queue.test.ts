import { describe, expect, it } from "vitest";
import type { SlurmAnswer, SlurmCommands } from "../../harness/tasks/slurm-commands.ts";
import { describeQueue, slurmQueue } from "../../harness/tasks/slurm-queue.ts";

/** Commands that always answer the same, and what they were asked. */
function answering(answer: SlurmAnswer) {
  const asked: string[][] = [];
  const commands: SlurmCommands = {
    run(program, args) {
      asked.push([program, ...args]);
      return Promise.resolve(answer);
    },
  };
  return { asked, queue: slurmQueue(commands, { job: "small-01234567", owner: 12 }) };
}

const answered = (stdout: string): SlurmAnswer => ({ status: "answered", stdout });
const job = {
  array: { offset: 4, indices: [0, 1, 3] },
  maxParallel: 2,
  options: ["--mem=1G"],
  script: ["task.sh", "x y"],
};

describe("look", () => {
  it("counts states, tells reasons, and names what Slurm will not launch", async () => {
    // squeue -h -r -o "%i %t %r" of Slurm 22.05.8
    const text = "33_3 PD launch failed requeued held\n33_4 PD Priority\n35_0 R None\n35_1 R None\n";
    const view = await answering(answered(text)).queue.look();
    expect(view).toMatchObject({ tasks: 4, stuck: ["33_3"], reasons: ["Priority", "launch failed requeued held"] });
    expect(view && describeQueue(view)).toBe("2 waiting, 2 running (Priority; launch failed requeued held)");
  });

  it("takes an empty answer for an empty queue, and none for none", async () => {
    expect(await answering(answered("")).queue.look()).toMatchObject({ tasks: 0 });
    expect(await answering({ status: "unknown", why: "late", sent: true }).queue.look()).toBeUndefined();
    expect(await answering({ status: "refused", why: "what?" }).queue.look()).toBeUndefined();
  });
});

describe("submit", () => {
  it("hands over an array with its offset, arguments as they are", async () => {
    const { asked, queue } = answering(answered("41\n"));
    expect(await queue.submit(job)).toEqual(answered("41\n"));
    expect(asked[0]).toEqual([
      ...["sbatch", "--parsable", "--requeue", "--open-mode=append", "--job-name=small-01234567"],
      ...["--signal=B:USR1@120", "--array=0-1,3%2", "--mem=1G", "task.sh", "x y", "--offset", "4"],
    ]);
  });

  it("throws what sbatch refuses", async () => {
    const { queue } = answering({ status: "refused", why: "sbatch: error: invalid partition specified: nowhere" });
    await expect(queue.submit(job)).rejects.toMatchObject({ code: "SCHEDULER_REFUSED" });
  });
});

describe("cancel", () => {
  it("ends the jobs of its name and user, or those that it is given", async () => {
    const { asked, queue } = answering(answered(""));
    await queue.cancel();
    await queue.cancel(["33_3"]);
    expect(asked).toEqual([
      ["scancel", "--user=12", "--name=small-01234567"],
      ["scancel", "33_3"],
    ]);
  });
});

describe("arraySize", () => {
  it.each([
    { said: answered("MaxArraySize            = 4001\nMaxDBDMsgs = 1\n"), size: 4001 },
    { said: answered("nothing"), size: 1001 },
    { said: { status: "unknown", why: "late", sent: true } as const, size: 1001 },
  ])("is $size", async ({ said, size }) => {
    expect(await answering(said).queue.arraySize()).toBe(size);
  });
});
