import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What Redocly's linter says against an OpenAPI document; empty: nothing. */
export async function lintProblems(text: string): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-openapi-"));
	const file = join(folder, "openapi.json");
	writeFileSync(file, text);
	const linter = join(import.meta.dir, "../../node_modules/@redocly/cli/bin/cli.js");
	const child = Bun.spawn([process.execPath, linter, "lint", file], {
		cwd: folder,
		env: {
			...process.env,
			// It keeps compiled code there.
			TMPDIR: folder,
			REDOCLY_TELEMETRY: "off",
			REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
		},
		stdout: "pipe",
		stderr: "pipe",
	});
	const said = await new Response(child.stderr).text();
	const code = await child.exited;
	rmSync(folder, { recursive: true });
	return code === 0 ? "" : `${code} ${said}`;
}
