import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { memoryMaxOf } from "../../daemon/mod.ts";
import type { Finding } from "./places.ts";

const MEBIBYTE = 1 << 20;
/** Where a unit may be; systemd takes the first. */
const PLACES = ["/etc/systemd/system", "/lib/systemd/system"];
const NAME = "iotctl.service";

/**
 * Whether the unit of a service with this ini lets it take what it may need.
 * @param ini Path of the ini; undefined: there is none, and no service of it.
 * @param needed Bytes.
 */
export function unit(
	ini: string | undefined,
	needed: number,
	places: readonly string[] = PLACES,
): Finding[] {
	const place = places.find((folder) => existsSync(join(folder, NAME)));
	if (place === undefined || ini === undefined) return [];
	const texts = textsOf(place, places);
	if (!texts[0]?.includes(` -c ${ini} `)) return [];
	const most = memoryMaxOf(texts);
	if (most === undefined || most >= needed) return [];
	const mib = (bytes: number) => `${Math.ceil(bytes / MEBIBYTE)} MiB`;
	const text = `MemoryMax of ${join(place, NAME)} is ${mib(most)}, but server, engines and workbench may take ${mib(needed)}; install the service again: sudo iotctl service install, or set it with: sudo systemctl edit iotctl`;
	return [{ what: "service", state: "note", text }];
}

/** The unit and what was changed of it. */
function textsOf(place: string, places: readonly string[]): string[] {
	const changes = [...places].reverse().flatMap((folder) => {
		const directory = join(folder, `${NAME}.d`);
		if (!existsSync(directory)) return [];
		const files = readdirSync(directory).filter((file) => file.endsWith(".conf"));
		return files.sort().map((file) => join(directory, file));
	});
	return [join(place, NAME), ...changes].map((file) => readFileSync(file, "utf8"));
}
