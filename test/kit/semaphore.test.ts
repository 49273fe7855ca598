import { describe, expect, test } from "bun:test";
import { Semaphore } from "../../src/kit/semaphore.ts";

describe("semaphore", () => {
	test("runs so many at once, the others in order as places become free, failures included", async () => {
		const semaphore = new Semaphore(2);
		const begun: string[] = [];
		const work = (name: string) => {
			const { promise, resolve, reject } = Promise.withResolvers<string>();
			const result = semaphore.run(() => {
				begun.push(name);
				return promise;
			});
			return { result, resolve, reject };
		};
		const [a, b, c, d] = [work("a"), work("b"), work("c"), work("d")];
		expect(begun).toEqual(["a", "b"]);
		expect(semaphore.waiting).toBe(2);
		b.reject(new Error("no"));
		await expect(b.result).rejects.toThrow("no");
		expect(begun).toEqual(["a", "b", "c"]);
		expect(semaphore.waiting).toBe(1);
		c.resolve("c");
		expect(await c.result).toBe("c");
		a.resolve("a");
		d.resolve("d");
		expect(await Promise.all([a.result, d.result])).toEqual(["a", "d"]);
		expect(begun).toEqual(["a", "b", "c", "d"]);
		expect(await semaphore.run(() => "free again")).toBe("free again");
		expect(semaphore.waiting).toBe(0);
	});
});
