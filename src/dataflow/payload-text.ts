/**
 * A message's payload as JSON text; empty, which is not JSON, where it cannot be any.
 * @param decoder Of UTF-8, fatal.
 */
export function textOf(payload: Uint8Array, decoder: TextDecoder): string {
	let text: string;
	try {
		text = decoder.decode(payload);
	} catch {
		return "";
	}
	// A control character cannot stand in JSON text, and the engine's batches are cut at this one.
	return text.includes("\x1e") ? "" : text;
}
