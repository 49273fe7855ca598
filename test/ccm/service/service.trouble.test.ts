// A disk that does not confirm what it was given.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OPERATIONS } from "../../../src/ccm/service/all-operations.ts";
import { Service } from "../../../src/ccm/service/service.ts";
import { StorageError } from "../../../src/kit/errors.ts";
import { openCcmDatabase } from "../../support/ccm-store.ts";
import { failNextFlush } from "../../support/failing-flush.ts";

test("what is in effect without being confirmed is told on, and the request fails", async () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-ccm-service-"));
	const { store, ccm } = openCcmDatabase(folder);
	const told: (number | string)[] = [];
	const service = new Service(OPERATIONS, {
		store: ccm,
		check: async () => undefined,
		now: Date.now,
		onChanged: (pId) => void told.push(pId),
		onPeopleChanged: async () => void told.push("people"),
	});
	const root = { u_id: 1, u_name: "root", role: "admin" } as const;
	await service.call("create_project", root, { p_name: "plan" });
	failNextFlush();
	const change = service.call("update_project", root, { p_id: 1, status: "on" });
	await expect(change).rejects.toBeInstanceOf(StorageError);
	expect((await ccm.read(({ projects }) => projects.get(1)))?.status).toBe("on");
	expect(told).toEqual([1]);
	const refused = service.call("update_project", root, { p_id: 2, status: "on" });
	await expect(refused).rejects.toThrow("not found");
	expect(told).toEqual([1]);
	await store.close();
	rmSync(folder, { recursive: true });
});
