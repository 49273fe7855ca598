import { expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

test.each(["plain", "with space", "clöne", "100% #1"])(
	"from a folder called %j the program finds its own entry file",
	async (name) => {
		const parent = mkdtempSync(join(tmpdir(), "iotctl-self-"));
		const folder = join(parent, name);
		mkdirSync(join(folder, "kit"), { recursive: true });
		copyFileSync(
			join(import.meta.dir, "../../src/kit/self-command.ts"),
			join(folder, "kit/self-command.ts"),
		);
		writeFileSync(join(folder, "main.ts"), "");
		writeFileSync(
			join(folder, "say.ts"),
			'import { selfCommand } from "./kit/self-command.ts";\nconsole.log(JSON.stringify(selfCommand()));\n',
		);
		const said = Bun.spawnSync([process.execPath, "./say.ts"], { cwd: folder });
		const [, entry = ""] = JSON.parse(said.stdout.toString());
		expect([entry, existsSync(entry)]).toEqual([join(folder, "main.ts"), true]);
		rmSync(parent, { recursive: true });
	},
);
