import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProgram } from "./programs.ts";

test.if(hasProgram("chromium"))("a browser that made a sound leaves nothing in TMPDIR", () => {
	const folder = mkdtempSync(join(tmpdir(), "s-"));
	const program = `
		import { launchChromium } from ${JSON.stringify(join(import.meta.dir, "chromium.ts"))};
		const browser = await launchChromium({ flags: ["--autoplay-policy=no-user-gesture-required"] });
		const page = await browser.newPage();
		console.log(await page.evaluate(async () => {
			const context = new AudioContext();
			const tone = context.createOscillator();
			tone.connect(context.destination);
			tone.start();
			while (context.currentTime === 0) await new Promise((resolve) => setTimeout(resolve, 10));
			return context.sampleRate > 0;
		}));
		await browser.close();
		process.exit(0);
	`;
	try {
		const { stdout, stderr } = Bun.spawnSync([process.execPath, "-e", program], {
			cwd: join(import.meta.dir, "../.."),
			env: { ...process.env, TMPDIR: folder, HOME: folder },
		});
		expect([String(stdout), String(stderr)]).toEqual(["true\n", ""]);
		expect(readdirSync(folder).filter((name) => !name.startsWith("."))).toEqual([]);
		expect(existsSync(join(folder, ".config/pulse"))).toBe(false);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
