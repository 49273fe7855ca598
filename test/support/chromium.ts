import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";

const FLAGS = [
	...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
	...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/**
 * Starts headless Chromium; its owner closes it. All it writes is in one folder, which goes with it: the library of
 * PulseAudio makes one of its own in TMPDIR otherwise, and leaves it there.
 * @param options Whether it takes any certificate, as if an authority it knows had signed it; flags besides.
 */
export async function launchChromium({
	acceptInsecureCerts = false,
	flags = [],
}: {
	acceptInsecureCerts?: boolean;
	flags?: readonly string[];
} = {}): Promise<Browser> {
	// Short: the path of Chromium's socket in it may have 107 characters, of which it takes 45 itself.
	const folder = mkdtempSync(join(tmpdir(), "c-"));
	const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	try {
		const browser = await puppeteer.launch({
			...{ executablePath: Bun.which("chromium") ?? "", acceptInsecureCerts },
			args: [...FLAGS, ...flags],
			userDataDir: join(folder, "profile"),
			env: { ...process.env, TMPDIR: folder, PULSE_RUNTIME_PATH: join(folder, "pulse") },
		});
		browser.process()?.once("exit", remove);
		return browser;
	} catch (error) {
		remove();
		throw error;
	}
}
