import { expect, test } from "bun:test";
import {
	curlProgram,
	drawId,
	pythonLiteral,
	pythonProgram,
} from "../../../../../src/web/editor/screens/add-device/programs.ts";

const DEVICE = {
	address: "http://192.168.1.20:9992",
	id: "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0",
	model: "Ann's lamp",
	inputs: [{ name: "Acceleration-I", size: 3 }],
	outputs: [],
};

test("an id is a version 4 UUID, drawn without crypto.randomUUID", () => {
	const id = drawId((bytes) => bytes.fill(255));
	expect(id).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
});

test("the shell gets what the device says of itself, whatever is in its names", () => {
	const text = curlProgram({ ...DEVICE, token: "t0" });
	expect(text).toContain(
		"curl -X PUT 'http://192.168.1.20:9992/df682f01-7c3a-49fd-8f5f-72ce0b6e68c0'",
	);
	expect(text).toContain("-H 'Authorization: Bearer t0'");
	const printed = Bun.spawnSync(["sh", "-c", text.replace("curl -X PUT", "printf '%s\\n'")]);
	const body = printed.stdout.toString().trim().split("\n").at(-1) ?? "";
	expect(JSON.parse(body)).toEqual({
		accept_protos: ["mqtt"],
		profile: { model: "Ann's lamp" },
		idf_list: [["Acceleration-I", [null, null, null]]],
	});
	expect(curlProgram(DEVICE)).not.toContain("Authorization");
});

test("literals of Python", () => {
	expect(pythonLiteral({ a: [null, 1, 'say "溫度"'], b: {} })).toBe(
		'{"a": [None, 1, "say \\"溫度\\""], "b": {}}',
	);
});

test("the Python is Python, encrypted or not", () => {
	const texts = [
		pythonProgram(DEVICE),
		pythonProgram({ ...DEVICE, address: "https://gateway.local", token: "t0" }),
	];
	for (const text of texts) {
		const check = Bun.spawnSync(["python3", "-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
			stdin: Buffer.from(text),
		});
		expect(check.stderr.toString()).toBe("");
	}
	expect(texts[0]).not.toContain("ssl");
	expect(texts[1]).toContain("context=tls");
	expect(texts[1]).toContain('"Authorization": "Bearer t0"');
});
