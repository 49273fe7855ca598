import { expect, test } from "bun:test";
import { OutputFile } from "./output-file.ts";

test("what a program wrote before its answer is there with the answer, and after its end", async () => {
	const written = new OutputFile();
	const program = `printf 'one \\303'; printf '\\266\\n'; echo first >&3; read line; echo two; echo second >&3`;
	const child = Bun.spawn(["sh", "-c", `exec 3>&1 >&2; ${program}`], {
		...{ stdin: "pipe", stdout: "pipe", stderr: written.fd },
	});
	const answers = child.stdout.getReader();
	const answer = async () => new TextDecoder().decode((await answers.read()).value);
	expect([await answer(), written.text]).toEqual(["first\n", "one ö\n"]);
	child.stdin.write("\n");
	child.stdin.end();
	expect([await answer(), written.text]).toEqual(["second\n", "one ö\ntwo\n"]);
	await child.exited;
	written.close();
	expect(written.text).toBe("one ö\ntwo\n");
});
