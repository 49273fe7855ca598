/** Puts a text on the clipboard; browsers allow that on https and on this machine only. @returns whether it is there. */
export async function copied(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return false;
	}
}

/** Whether {@link copied} may work at all. */
export function canCopy(): boolean {
	return window.isSecureContext && navigator.clipboard !== undefined;
}

/** Gives the reader a file. */
export function download(text: string, fileName: string): void {
	const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
	const link = document.createElement("a");
	link.href = address;
	link.download = fileName;
	link.click();
	// The browser has to have begun with it.
	setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A file name of a join's name: no separators, not too long. */
export function csvName(joinName: string, at: Date): string {
	const plain = joinName
		.replace(/[\\/:*?"<>|\p{Cc}]+/gu, "-")
		.slice(0, 60)
		.trim();
	const time = at.toISOString().slice(0, 19).replaceAll(":", "-");
	return `${plain === "" ? "join" : plain} ${time}.csv`;
}
