import type { People } from "../../../src/ccm/store/port.ts";
import { InvariantError } from "../../../src/kit/mod.ts";
import type { NewUser, RegistrationCode, Role, UserRecord } from "../../../src/store/mod.ts";

/** People of a MemoryStore. */
export class MemoryPeople implements People {
	#users: readonly UserRecord[] = [];
	#codes: readonly RegistrationCode[] = [];
	#lastId = 0;

	async list(): Promise<UserRecord[]> {
		return this.#users.toSorted((a, b) => (a.name < b.name ? -1 : 1));
	}

	async byId(id: number): Promise<UserRecord | undefined> {
		return this.#users.find((user) => user.id === id);
	}

	async byName(name: string): Promise<UserRecord | undefined> {
		return this.#users.find((user) => user.name === name);
	}

	async create({ email = null, sub = null, ...user }: NewUser): Promise<UserRecord> {
		if (this.#users.some(({ name }) => name === user.name)) {
			throw new InvariantError(`there is a user ${user.name} already`);
		}
		this.#lastId += 1;
		const made = { id: this.#lastId, ...user, email, sub, isActive: true };
		this.#users = [...this.#users, made];
		return made;
	}

	async setRole(id: number, role: Role): Promise<void> {
		this.#change(id, { role });
	}

	async setPassword(id: number, hash: string): Promise<void> {
		this.#change(id, { hash });
	}

	async setActive(id: number, isActive: boolean): Promise<void> {
		this.#change(id, { isActive });
	}

	async remove(id: number): Promise<void> {
		this.#users = this.#users.filter((user) => user.id !== id);
	}

	async addCode(code: RegistrationCode): Promise<void> {
		this.#codes = [...this.#codes.filter(({ usesLeft }) => usesLeft > 0), code];
	}

	async codes(now: number): Promise<RegistrationCode[]> {
		return this.#codes.filter(({ usesLeft, expiresAt }) => usesLeft > 0 && expiresAt > now);
	}

	async useCode(hash: string, now: number): Promise<boolean> {
		const usable = await this.codes(now);
		this.#codes = this.#codes.map((code) =>
			code.hash === hash && usable.includes(code) ? { ...code, usesLeft: code.usesLeft - 1 } : code,
		);
		return usable.some((code) => code.hash === hash);
	}

	async removeCodes(): Promise<void> {
		this.#codes = [];
	}

	fill(other: MemoryPeople): void {
		this.#users = other.#users;
		this.#codes = other.#codes;
		this.#lastId = other.#lastId;
	}

	#change(id: number, change: Partial<UserRecord>): void {
		this.#users = this.#users.map((user) => (user.id === id ? { ...user, ...change } : user));
	}
}
