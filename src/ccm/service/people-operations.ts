import { type Static, Type } from "@sinclair/typebox";
import { hashOf, newSecret, plainName } from "../../auth/mod.ts";
import { IdSchema } from "../../contract/mod.ts";
import type { UserRecord } from "../../store/mod.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import { PasswordSchema } from "./account-operations.ts";
import { type Call, operation } from "./operation.ts";
import type { Passwords } from "./passwords.ts";
import { addPerson, checkPerson, keepAnAdmin, personWith, problemWithPerson } from "./people.ts";

/** Students in one list: hashing a password takes a moment, and requests have a time limit. */
const MAX_STUDENTS = 100;
/** Passwords that are hashed at once. */
const HASHING = 2;
const MAX_CODE_USES = 100_000;
const MAX_CODE_DAYS = 3650;

const RoleSchema = Type.Union([
	Type.Literal("admin"),
	Type.Literal("teacher"),
	Type.Literal("student"),
]);
/** Checked by hand: names have rules of their own, and all wrong ones are named. */
const UserName = Type.String({ minLength: 1, maxLength: 1000 });

function personRow({ id, name, role, isActive }: UserRecord) {
	return { u_id: id, u_name: name, role, is_active: isActive };
}

const getPeople = operation({
	name: "get_people",
	rest: { method: "GET", path: "/people", as: "data" },
	who: "teacher",
	reads: true,
	input: Type.Object({}),
	run: async ({ person, tables }) => {
		const people = await tables.people.list();
		const shown =
			person.role === "admin" ? people : people.filter(({ role }) => role === "student");
		return shown.map(personRow);
	},
});

const createPerson = operation({
	name: "create_person",
	rest: { method: "PUT", path: "/people", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object({ username: UserName, password: PasswordSchema, role: RoleSchema }),
	prepare: async ({ person, passwords }, input) => {
		if (person.role !== "admin" && input.role !== "student") {
			throw new Refusal(403, "You are not administrator.");
		}
		checkPerson(input);
		return passwords.hash(input.password);
	},
	run: async (call, input, hash) => ({ u_id: (await addPerson(call, input, hash)).id }),
});

const Student = Type.Object({ username: UserName, password: PasswordSchema });

/** What is wrong with a list by itself: names that are not allowed, or there twice. */
function problemsIn(students: readonly Static<typeof Student>[]): string[] {
	const seen = new Map<string, number>();
	return students.flatMap((student, index) => {
		const line = index + 1;
		const name = plainName(student.username);
		const first = seen.get(name);
		seen.set(name, first ?? line);
		const problem = problemWithPerson({ ...student, role: "student" });
		if (problem !== undefined) return [`line ${line}: ${problem}`];
		return first === undefined ? [] : [`line ${line}: ${name} is in line ${first} already`];
	});
}

/** @throws Refusal 400, when there are any. */
function refuseLines(problems: readonly string[]): void {
	if (problems.length > 0) badRequest(`no one was added; ${problems.join("; ")}`, "students");
}

async function hashAll(passwords: Passwords, all: readonly string[]): Promise<string[]> {
	const hashes: string[] = [];
	for (let at = 0; at < all.length; at += HASHING) {
		const some = all.slice(at, at + HASHING);
		hashes.push(...(await Promise.all(some.map((one) => passwords.hash(one)))));
	}
	return hashes;
}

const createStudents = operation({
	name: "create_students",
	rest: { method: "PUT", path: "/people/students", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object({
		students: Type.Array(Student, { minItems: 1, maxItems: MAX_STUDENTS }),
	}),
	prepare: async ({ passwords, read }, { students }) => {
		const known = await read(({ people }) => people.list());
		const names = new Set(known.map(({ name }) => name));
		const taken = students.flatMap(({ username }, index) =>
			names.has(plainName(username)) ? [`line ${index + 1}: ${username} already exists`] : [],
		);
		refuseLines([...problemsIn(students), ...taken]);
		return hashAll(
			passwords,
			students.map(({ password }) => password),
		);
	},
	run: async (call, { students }, hashes) => {
		const made = [];
		for (const [index, { username }] of students.entries()) {
			const student = { username, role: "student" } as const;
			const { id, name } = await addPerson(call, student, hashes[index] ?? "");
			made.push({ u_id: id, u_name: name });
		}
		return { data: made };
	},
});

/** Students have no projects of their own. @throws Refusal 400 */
async function refuseOwner({ tables }: Call, { id, name }: UserRecord): Promise<void> {
	const { length } = await tables.projects.heads({ u_id: id });
	if (length > 0) {
		badRequest(`students have no projects of their own: delete those of ${name} first`, "role");
	}
}

const setRole = operation({
	name: "set_role",
	rest: { method: "POST", path: "/people/:u_id/role" },
	who: "admin",
	reads: false,
	input: Type.Object({ u_id: IdSchema, role: RoleSchema }),
	run: async (call, { u_id, role }) => {
		const user = await personWith(call.tables, u_id);
		if (role !== "admin") await keepAnAdmin(call.tables, user);
		if (role === "student") await refuseOwner(call, user);
		await call.tables.people.setRole(u_id, role);
		call.peopleChanged();
		return { u_id, role };
	},
});

const setActive = operation({
	name: "set_active",
	rest: { method: "POST", path: "/people/:u_id/active" },
	who: "admin",
	reads: false,
	input: Type.Object({ u_id: IdSchema, is_active: Type.Boolean() }),
	run: async ({ tables, peopleChanged }, { u_id, is_active }) => {
		const user = await personWith(tables, u_id);
		if (!is_active) await keepAnAdmin(tables, user);
		await tables.people.setActive(u_id, is_active);
		peopleChanged();
		return { u_id, is_active };
	},
});

const createCode = operation({
	name: "create_registration_code",
	rest: { method: "PUT", path: "/registration/code", status: 201 },
	who: "admin",
	reads: false,
	input: Type.Object({
		days: Type.Integer({ minimum: 1, maximum: MAX_CODE_DAYS }),
		count: Type.Integer({ minimum: 1, maximum: MAX_CODE_USES }),
	}),
	run: async ({ tables, now }, { days, count }) => {
		const code = newSecret();
		const createdAt = Date.parse(now) / 1000;
		const expiresAt = createdAt + days * 86_400;
		await tables.people.addCode({ hash: hashOf(code), usesLeft: count, expiresAt, createdAt });
		return { code, expires_at: expiresAt, count };
	},
});

/** Those that can still be used; what they are is not kept. */
const getCodes = operation({
	name: "get_registration_codes",
	who: "admin",
	reads: true,
	input: Type.Object({}),
	run: async ({ tables, now }) => {
		const codes = await tables.people.codes(Date.parse(now) / 1000);
		return codes.map(({ expiresAt: expires_at, usesLeft: uses_left }) => ({
			expires_at,
			uses_left,
		}));
	},
});

const removeCodes = operation({
	name: "remove_registration_codes",
	rest: { method: "DELETE", path: "/registration/code" },
	who: "admin",
	reads: false,
	input: Type.Object({}),
	run: async ({ tables }) => {
		await tables.people.removeCodes();
		return {};
	},
});

export const peopleOperations = [
	getPeople,
	createPerson,
	createStudents,
	setRole,
	setActive,
	createCode,
	getCodes,
	removeCodes,
] as const;
