// Templates of the compiled binary: their outputs carry values before any device comes, and go on with a real one.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ProjectDocument } from "../../src/contract/ccm-documents.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";
import { LONG_DEADLINE_MS } from "../support/waiting.ts";

let server: ProjectServer;
let ann: WebPerson;
beforeAll(async () => {
	server = await ProjectServer.start();
	ann = await server.person("ann");
}, LONG_DEADLINE_MS);
afterAll(() => server.dispose());

test(
	"each template shows values of its output on the wire, with simulated devices",
	async () => {
		const { templates } = await ann.ok("GET", "/api/v1/templates");
		const names = (templates as { name: string }[]).map(({ name }) => name);
		expect(names).toEqual(["thermometer", "shake-counter"]);
		for (const name of names) {
			const { p_id } = await ann.ok("POST", `/api/v1/templates/${name}`, { lang: "zh" });
			const reader = await ann.events(Number(p_id));
			const { document } = await reader.next("project");
			const outputs = outputsOf(document);
			expect(outputs).toHaveLength(1);
			const values = await reader.next("values", (all) =>
				all.some(({ dfo_id }) => outputs.includes(dfo_id ?? 0)),
			);
			const shown = values.find(({ dfo_id }) => outputs.includes(dfo_id ?? 0));
			expect(typeof JSON.parse(shown?.value ?? "")[0]).toBe("number");
			await reader.leave();
		}
	},
	2 * LONG_DEADLINE_MS,
);

function outputsOf({ blocks }: ProjectDocument): number[] {
	const ports = blocks.flatMap((block) => block.ports);
	return ports.flatMap(({ dfo_id, df_type }) => (df_type === "output" ? [dfo_id] : []));
}
