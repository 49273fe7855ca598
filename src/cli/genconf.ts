import { writeFileSync } from "node:fs";
import { ConfigError, codeOf, DeniedError } from "../kit/mod.ts";
import { INI } from "../settings/mod.ts";
import { quoted } from "./advice.ts";
import { print } from "./output.ts";

/**
 * `iotctl genconf DEST`.
 * @param force Whether a file that is there is overwritten.
 * @throws ConfigError when the file is there already or cannot be written.
 */
export function genconf(dest: string, force: boolean): void {
	try {
		writeFileSync(dest, INI.sample(), { flag: force ? "w" : "wx" });
	} catch (error) {
		if (codeOf(error) === "EEXIST") {
			throw new ConfigError(
				`"${dest}" already exists; choose another file, or overwrite it with --force`,
			);
		}
		throw DeniedError.from(`Cannot write "${dest}"`, dest, error);
	}
	print(`Wrote ${dest}. Use it with: iotctl -c ${quoted(dest)} start csm\n`);
}
