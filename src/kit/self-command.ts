import { fileURLToPath } from "node:url";

/** The words that start this same program again: the executable, or Bun with the entry file from source. */
export function selfCommand(): string[] {
	const isCompiled = Bun.main.startsWith("/$bunfs/") || Bun.main.startsWith("B:/~BUN/");
	return isCompiled
		? [process.execPath]
		: // Not the URL's pathname, which has spaces and letters outside ASCII percent-encoded.
			[process.execPath, fileURLToPath(new URL("../main.ts", import.meta.url))];
}
