import { MAX_PINNED_BYTES, type Pinned } from "../../contract/mod.ts";
import { badRequest } from "./refusal.ts";

/** @throws Refusal 400: together they are more than is kept with a function. */
export function checkPinned(pinned: readonly Pinned[]): void {
	const bytes = Buffer.byteLength(JSON.stringify(pinned));
	if (bytes <= MAX_PINNED_BYTES) return;
	badRequest(`the pinned samples have ${bytes} bytes, at most ${MAX_PINNED_BYTES}`, "pinned");
}
