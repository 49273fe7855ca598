import { writeFileSync } from "node:fs";
import { renderSampleIni } from "../config/config.ts";
import { ConfigError, codeOf, messageOf } from "../errors.ts";

/**
 * `iotctl genconf DEST`.
 * @param force Whether a file that is there is overwritten.
 * @throws ConfigError when the file is there already or cannot be written.
 */
export function genconf(dest: string, force: boolean): void {
	try {
		writeFileSync(dest, renderSampleIni(), { flag: force ? "w" : "wx" });
	} catch (error) {
		if (codeOf(error) === "EEXIST") {
			throw new ConfigError(
				`"${dest}" exists already; name another file, or overwrite it with --force`,
			);
		}
		throw new ConfigError(`Cannot write "${dest}": ${messageOf(error)}`);
	}
	process.stdout.write(`Wrote ${dest}. Use it with: iotctl -c ${dest} start csm\n`);
}
