import { expect, test } from "bun:test";
import { personMeant } from "../../../src/ccm/service/owner.ts";
import { Office, TEACHER } from "../support/office.ts";

test("a person is meant by id or name, however the name is composed", async () => {
	const office = await Office.open(false);
	const meant = (who: number | string) =>
		office.store.read((tables) => personMeant({ tables }, who).then(({ name }) => name));
	expect(await meant(TEACHER.u_id)).toBe("ann");
	expect(await meant("ann")).toBe("ann");
	await expect(meant("zoë")).rejects.toThrow("user zoë not found");
});
