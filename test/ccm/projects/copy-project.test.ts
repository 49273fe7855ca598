import { expect, test } from "bun:test";
import { copyParts } from "../../../src/ccm/projects/copy-project.ts";
import { project } from "../support/documents.ts";

test("an empty project has an empty copy, and no id is drawn for it", () => {
	const newId = () => {
		throw new Error("no id is needed");
	};
	expect(copyParts(project([], []), newId)).toEqual({ blocks: [], joins: [] });
});
