// What people read beside the program: the same in tar.gz and .deb.
import { copyFileSync, cpSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Those outside the folders are named because another one links to them. */
const TEXTS = [
	"README.md",
	"CHANGELOG.md",
	"CONTRIBUTING.md",
	"SECURITY.md",
	"LICENSE",
	"bench/RESULTS.md",
	"test/contract/README.md",
];
const FOLDERS = ["docs", "examples", "bench/results"];
/** What the browser example loads; a clone has it in node_modules. */
const MQTT_JS = "node_modules/mqtt/dist/mqtt.min.js";

/**
 * Copies README, documents and examples as they are in the repo, so that their links to each other lead somewhere.
 * @param root Of the repo.
 * @param to A folder that exists.
 */
export function copyTexts(root: string, to: string): void {
	for (const file of TEXTS) {
		mkdirSync(dirname(join(to, file)), { recursive: true });
		copyFileSync(join(root, file), join(to, file));
	}
	const filter = (path: string) => basename(path) !== "node_modules";
	for (const folder of FOLDERS)
		cpSync(join(root, folder), join(to, folder), { recursive: true, filter });
	copyFileSync(join(root, MQTT_JS), join(to, "examples/browser", basename(MQTT_JS)));
}
