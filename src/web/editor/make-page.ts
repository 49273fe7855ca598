import { makeHashedPage } from "../hashed-files.ts";
import { madeBefore } from "./make-modules.ts";

/** Makes `build/editor`: what `/gui/` is. */
export async function makeEditor(): Promise<void> {
	await makeHashedPage({
		...{ from: import.meta.dir, to: "editor", entry: "editor-", place: "./" },
		plugins: [await madeBefore()],
	});
}
