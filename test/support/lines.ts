/** Hands over a stream's lines as they come. */
export async function readLines(
	stream: ReadableStream<Uint8Array>,
	take: (line: string) => void,
): Promise<void> {
	let rest = "";
	const decoder = new TextDecoder();
	for await (const chunk of stream) {
		const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) take(line);
	}
}
