import { afterAll, beforeAll, describe, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import { startTarget, type Target } from "../support/target.ts";

const COUNTER = "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n";
const SHARED = "  a = ['x']\n  for i in range(60): a = [a, a]\n";
/** By the input; few objects, and long once they are written out. */
const HUGE = [
	"def run(kind):",
	"  if kind == 0: return 7",
	`${SHARED.replaceAll(/^/gm, "  ").replace("  ", "  if kind == 1:\n  ").trimEnd()}\n    return a`,
	"  if kind == 2: return [0] * 10 ** 7",
	"  if kind == 3: return [10 ** 4000] * 10 ** 5",
	"  if kind == 4: return ['x' * 10 ** 6] * 1000",
	"  if kind == 5:",
	"    a = {'x': 1}",
	"    for i in range(60): a = {'a': a, 'b': a}",
	"    return a",
	"  if kind == 6:",
	"    from types import SimpleNamespace",
	"    a = 1",
	"    for i in range(60): a = SimpleNamespace(a=a, b=a)",
	"    return a",
	"",
].join("\n");

describe.each(["embedded", "python3"])("huge values with engine = %s", (engine) => {
	let target: Target;
	beforeAll(async () => {
		target = await startTarget({ esm: { engine } });
	});
	afterAll(() => target.dispose());

	test.each(["idf", "join", "odf"])(
		"of the %s do not cost the engine, monitored",
		async (stage) => {
			const innocent = await Flow.build(target, { idfs: [{ code: COUNTER }], odfs: [{}] });
			const flow = await Flow.build(target, {
				idfs: [stage === "idf" ? { code: HUGE } : {}],
				odfs: [stage === "odf" ? { code: HUGE } : {}],
				...(stage === "join" ? { join: HUGE } : {}),
			});
			await flow.graph.ok({ op: "start_monitor" });
			await innocent.expect([1], [1]);
			for (const kind of [1, 2, 3, 4, 5, 6]) {
				await flow.send([kind]);
				await flow.expect([0], [7]);
				await innocent.expect([1], [kind + 1]);
			}
		},
	);
});
