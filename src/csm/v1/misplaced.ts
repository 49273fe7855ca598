import { isUuid } from "../../kit/mod.ts";
import { readPath } from "./paths.ts";

/** Methods of the older protocol by what they are about. */
const METHODS = { device: ["POST"], feature: ["PUT", "GET", "POST"] } as const;

/** Whether a request that came to the port of the present protocol looks like one of the older. */
export function looksOld(method: string, path: string): boolean {
	const { place } = readPath(path);
	if (place.kind !== "device" && place.kind !== "feature") return false;
	const methods: readonly string[] = METHODS[place.kind];
	return methods.includes(method) && !isUuid(place.mac.toLowerCase());
}
