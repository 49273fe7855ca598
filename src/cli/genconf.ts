import { writeFileSync } from "node:fs";
import { renderSampleIni } from "../config/config.ts";
import { ConfigError, codeOf, messageOf } from "../errors.ts";

/** `iotctl genconf DEST`. @throws ConfigError when the file is there already or cannot be written. */
export function genconf(dest: string): void {
	try {
		writeFileSync(dest, renderSampleIni(), { flag: "wx" });
	} catch (error) {
		if (codeOf(error) === "EEXIST") {
			throw new ConfigError(`"${dest}" exists already; name another file, or remove it first`);
		}
		throw new ConfigError(`Cannot write "${dest}": ${messageOf(error)}`);
	}
	process.stdout.write(`Wrote ${dest}. Use it with: iotctl -c ${dest} start csm\n`);
}
