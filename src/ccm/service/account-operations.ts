import { Type } from "@sinclair/typebox";
import { Refusal } from "../projects/refusal.ts";
import { operation } from "./operation.ts";
import { checkPassword, personWith, removePerson } from "./people.ts";

export const PasswordSchema = Type.String({ minLength: 1, maxLength: 1000 });

const getAccount = operation({
	name: "get_account",
	rest: { method: "GET", path: "/account" },
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: async ({ person: { u_id, u_name, role } }) => ({
		...{ u_id, u_name, role },
		is_admin: role === "admin",
	}),
});

const deleteAccount = operation({
	name: "delete_account",
	rest: { method: "DELETE", path: "/account" },
	who: "student",
	reads: false,
	input: Type.Object({}),
	run: async (call) => {
		const { u_id } = call.person;
		await removePerson(call, await personWith(call.tables, u_id));
		return { u_id };
	},
});

const changePassword = operation({
	name: "change_password",
	rest: { method: "POST", path: "/account/password" },
	who: "student",
	reads: false,
	input: Type.Object({ old_password: PasswordSchema, password: PasswordSchema }),
	prepare: async ({ person, read, passwords }, { old_password, password }) => {
		checkPassword(password, person.role);
		const { hash } = await read((tables) => personWith(tables, person.u_id));
		if (!(await passwords.isRight(old_password, hash))) {
			throw new Refusal(403, "the old password is wrong", "old_password");
		}
		return { old: hash, hash: await passwords.hash(password) };
	},
	run: async ({ person, tables, peopleChanged }, _, { old, hash }) => {
		const { id, hash: current } = await personWith(tables, person.u_id);
		if (current !== old) throw new Refusal(409, "the password was changed meanwhile");
		await tables.people.setPassword(id, hash);
		peopleChanged();
		return { u_id: id };
	},
});

export const accountOperations = [getAccount, deleteAccount, changePassword] as const;
