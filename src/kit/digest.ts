/** SHA-256 of a function's UTF-8 source in lowercase hex, as `add_funcs` wants it (`csm.md §4.3`). */
export function digestOfSource(code: string): string {
	return new Bun.CryptoHasher("sha256").update(code).digest("hex");
}
