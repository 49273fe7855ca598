// What this Bun has and TypeScript does not know yet (TC39 proposal-json-parse-with-source).
interface JSON {
	/** A value that `JSON.stringify` writes as this JSON text of a number, string or word. */
	rawJSON(text: string): object;
	isRawJSON(value: unknown): value is { readonly rawJSON: string };
	parse(
		text: string,
		reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
	): unknown;
}
