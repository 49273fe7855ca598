// A disk that answers one flush with an error: what is committed then is in effect, but not confirmed.
import { spyOn } from "bun:test";
import { Disk } from "../../src/store/disk.ts";

/** The next flush of any database fails, after its commit. */
export function failNextFlush(): void {
	const flush = spyOn(Disk.prototype, "flush");
	flush.mockImplementationOnce(async () => {
		flush.mockRestore();
		throw new Error("EIO: i/o error, fsync");
	});
}
