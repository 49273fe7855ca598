import { describe, expect, test } from "bun:test";
import { TEMPLATES, type TemplateFile } from "../../../src/ccm/templates/templates.ts";
import { Office, TEACHER } from "../support/office.ts";
import { runPython } from "../support/python.ts";

const FILES = TEMPLATES.flatMap(({ name, files }) =>
	Object.entries(files).map(([lang, file]) => ({ name, lang, file })),
);

/** A file whose ids are numbers in the order in which they appear. */
function numbered({ project }: TemplateFile): unknown {
	const { DeviceObject } = project as unknown as {
		readonly DeviceObject: Readonly<Record<string, { readonly dfo: object }>>;
	};
	const objects = Object.values(DeviceObject);
	const ports = objects.flatMap(({ dfo }) => Object.keys(dfo));
	const text = JSON.stringify({
		...project,
		DeviceObject: objects.map(({ dfo, ...object }) => ({ ...object, dfo: Object.values(dfo) })),
	});
	return JSON.parse(text, (key, value: unknown) =>
		key === "dfo_id" ? ports.indexOf(String(value)) : value,
	);
}

describe("template files", () => {
	test.each(FILES)(
		"$name in $lang is the same after an import, an export, and both again",
		async ({ name, file }) => {
			const input = { p_name: file.project.p_name, file };
			for (let round = 0; round < 2; round++) {
				const office = await Office.open(false);
				const made = await office.service.call("import_project", TEACHER, input);
				const { p_id } = made as { readonly p_id: number };
				input.file = (await office.service.call("export_project", TEACHER, {
					...{ p_id, bundle: true },
				})) as TemplateFile;
				expect([name, numbered(input.file)]).toEqual([name, numbered(file)]);
				expect(input.file.bundle.Function).toEqual(
					expect.arrayContaining([...file.bundle.Function]),
				);
			}
		},
	);

	const calls: Readonly<Record<string, readonly (readonly [readonly unknown[], unknown])[]>> = {
		average_colour: [
			[[[255, 0, 64]], [255, 0, 64]],
			[
				[
					[255, 0, 0],
					[0, 0, 255],
				],
				[128, 0, 128],
			],
		],
		dim: [
			[[255, 0, 64], 3],
			[[0, 0, 0], 0],
		],
		fahrenheit: [[[20], 68]],
		count_answers: [[[1, 3, 3, 4, 9], "1: 1   2: 0   3: 2   4: 1"]],
		light: [
			[[0], "#0a8f3c"],
			[[0.5], "#f5a300"],
			[[1], "#d3261f"],
		],
		note: [
			[[0], 60],
			[[9], 81],
			[[12.0], 64],
		],
	};

	test.each(FILES)("the functions of $name in $lang do what they say", ({ file }) => {
		for (const { fn_name, code } of file.bundle.Function) {
			const mine = calls[fn_name] ?? [];
			const [results] = runPython([{ code, calls: mine.map(([args]) => args) }]);
			expect([fn_name, results]).toEqual([fn_name, mine.map(([, result]) => result)]);
		}
	});
});
