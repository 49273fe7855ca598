import type { buildV1 } from "./build-v1.ts";

/** What makes the parts that speak the older protocol. */
export type BuildV1 = typeof buildV1;

/** Loads the older protocol, whose code only servers need that speak it. */
export async function loadV1(): Promise<BuildV1> {
	return (await import("./build-v1.ts")).buildV1;
}
