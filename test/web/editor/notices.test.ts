import { expect, test } from "bun:test";
import { noticeList } from "../../../src/web/editor/notices.ts";

/** What is to be called later. */
function scriptedClock() {
	const due: (() => void)[] = [];
	return {
		after: (_ms: number, run: () => void) => {
			due.push(run);
			return () => {};
		},
		pass: () => {
			for (const run of due.splice(0)) run();
		},
	};
}

const textsOf = (list: ReturnType<typeof noticeList>) => list.shown.value.map(({ text }) => text);

test("good news go by themselves, bad news stay until they are closed", () => {
	const clock = scriptedClock();
	const list = noticeList(clock);
	list.say("saved", "good");
	list.say("not saved", "bad");
	clock.pass();
	expect(textsOf(list)).toEqual(["not saved"]);
	list.close(list.shown.value[0]?.id ?? 0);
	expect(textsOf(list)).toEqual([]);
});

test("the same sentence is shown once, three at most", () => {
	const list = noticeList(scriptedClock());
	for (const text of ["a", "b", "a", "c", "d"]) list.say(text);
	expect(textsOf(list)).toEqual(["a", "c", "d"]);
});

test("an earlier notice's end does not take away the same sentence said again", () => {
	const clock = scriptedClock();
	const list = noticeList({ after: (ms, run) => clock.after(ms, run) });
	list.say("removed", "info", { text: "Undo", run: () => {} });
	const [first] = list.shown.value;
	list.say("removed", "info", { text: "Undo", run: () => {} });
	list.close(first?.id ?? 0);
	expect(textsOf(list)).toEqual(["removed"]);
});
