/** Gives the reader a file, as if it had been loaded from an address. */
export function saveFile(name: string, content: string): void {
	const url = URL.createObjectURL(new Blob([content], { type: "application/json" }));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	// The browser has taken it by then.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
