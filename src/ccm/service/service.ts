import { LOCAL_ACCOUNT } from "../../auth/mod.ts";
import { MAX_SEATS, type ProjectDocument } from "../../contract/mod.ts";
import { StorageError } from "../../kit/mod.ts";
import type { Registered } from "../devices/sightings.ts";
import { type InvitationService, NO_INVITATIONS } from "../invitations/invitation-service.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import type { AuditEntry } from "../store/audit-port.ts";
import type { CcmStore } from "../store/port.ts";
import { checkAccount, checkRole } from "./access.ts";
import type { AccountRate } from "./account-rate.ts";
import { auditOf, type Channel, MAX_AUDIT } from "./audit.ts";
import { readInput } from "./fields.ts";
import type {
	AnyOperation,
	BindingRules,
	Call,
	Person,
	ProjectNews,
	SourceCheck,
} from "./operation.ts";
import { ARGON2, type Passwords } from "./passwords.ts";

const LOCAL: Channel = "command line";
const NO_RULES: BindingRules = {
	ownershipTimeoutS: 0,
	odfSingleBind: false,
	maxSeats: MAX_SEATS,
};

export interface ServiceDeps {
	readonly store: CcmStore;
	readonly check: SourceCheck;
	/** Any device of a model may be bound at once, to several blocks, by default. */
	readonly rules?: BindingRules;
	/** The time, milliseconds since 1970. */
	readonly now: () => number;
	/** A project with its simulated devices bound; without it there are none. */
	readonly simulated?: (project: ProjectDocument) => ProjectDocument;
	/** How many links and joins of a project CSM refuses at the moment; without it none. */
	readonly failed?: (pId: number) => number;
	/** Devices as CSM has them now; without it none is known. */
	readonly registered?: Registered;
	/** Without it no one can be invited. */
	readonly invitations?: InvitationService;
	/** Hears of projects that were changed or deleted, when that is kept. */
	readonly onChanged: (pId: number) => void;
	/** Hears what people who look at projects are to be told, when that is kept, in the order it was. */
	readonly onNews?: (news: ProjectNews) => void;
	/** Hears of changed accounts, when that is kept: logins may have ended. The answer waits for it. */
	readonly onPeopleChanged?: () => Promise<void>;
	/** Hears of each change that is kept: who made it, in which project, and how it was asked for. */
	readonly onAudit?: (entry: AuditEntry) => void;
	/** How many operations each account may ask for; without it there is no limit. */
	readonly rate?: Pick<AccountRate, "take">;
	/** Argon2id by default. */
	readonly passwords?: Passwords;
}

/** Carries operations out for every API: one place for roles, input, units of work and what follows. */
export class Service {
	readonly #deps: ServiceDeps;
	readonly #operations: ReadonlyMap<string, AnyOperation>;

	constructor(operations: readonly AnyOperation[], deps: ServiceDeps) {
		this.#deps = deps;
		this.#operations = new Map(operations.map((one) => [one.name, one]));
	}

	/** All operations, by name. */
	get operations(): ReadonlyMap<string, AnyOperation> {
		return this.#operations;
	}

	/**
	 * Carries an operation out.
	 * @param person Null: no one is logged in.
	 * @param raw The input as it came.
	 * @param channel How it came; the command line is told by its account.
	 * @throws Refusal with the status REST answers; nothing has changed.
	 */
	async call(
		name: string,
		person: Person | null,
		raw: Readonly<Record<string, unknown>>,
		channel: Channel = "rest",
	): Promise<unknown> {
		const operation = this.#operations.get(name) ?? notFound(`operation \`${name}\``);
		checkRole(person, operation.who);
		checkAccount(person, operation);
		this.#deps.rate?.take(person);
		const input = readInput(operation.input, raw);
		await this.#checkSources(operation.sources?.(input as never) ?? []);
		const { store, now, passwords = ARGON2 } = this.#deps;
		const before = { person, passwords, read: store.read.bind(store) };
		const prepared = await operation.prepare?.(before, input as never);
		const at = new Date(now()).toISOString();
		let told = new Told(this.#deps, person, at);
		const work = async (tables: Call["tables"]) => {
			// It may be run again.
			told = new Told(this.#deps, person, at);
			const result = await operation.run(told.callWith(tables), input as never, prepared as never);
			if (operation.reads) return { result, entry: undefined };
			const done = { person, input, result, operation: name, changed: told.changed, at };
			const entry = auditOf({
				...done,
				channel: person.u_id === LOCAL_ACCOUNT.id ? LOCAL : channel,
			});
			await tables.audit.add(entry, MAX_AUDIT);
			return { result, entry };
		};
		try {
			const { result, entry } = await (operation.reads ? store.read(work) : store.write(work));
			if (entry !== undefined) this.#deps.onAudit?.(entry);
			await told.tell();
			return result;
		} catch (error) {
			if (error instanceof StorageError) await told.tellUncertain();
			throw error;
		}
	}

	/** Before the unit of work: an engine may take its time. */
	async #checkSources(sources: readonly string[]): Promise<void> {
		for (const code of sources) {
			const reason = await this.#deps.check(code);
			if (reason !== undefined) badRequest(`Compile Error: ${reason}`, "code");
		}
	}
}

/** What an operation wants others to be told, once it is kept. */
class Told {
	readonly #deps: ServiceDeps;
	readonly #person: Person;
	readonly #at: string;
	readonly changed = new Set<number>();
	readonly #news: ProjectNews[] = [];
	#isAboutPeople = false;
	#isDone = false;

	constructor(deps: ServiceDeps, person: Person, at: string) {
		this.#deps = deps;
		this.#person = person;
		this.#at = at;
	}

	callWith(tables: Call["tables"]): Call {
		const { simulated = (project) => project, rules = NO_RULES } = this.#deps;
		const {
			registered = () => undefined,
			failed = () => 0,
			invitations = NO_INVITATIONS,
		} = this.#deps;
		return {
			...{ person: this.#person, tables, rules, simulated, failed, registered, now: this.#at },
			invitations,
			changed: (pId) => this.changed.add(pId),
			tell: (one) => this.#news.push(one),
			peopleChanged: () => {
				this.#isAboutPeople = true;
			},
		};
	}

	/** It is kept. */
	async tell(): Promise<void> {
		this.#isDone = true;
		for (const one of this.#news) this.#deps.onNews?.(one);
		await this.#tellChanges();
	}

	/**
	 * A disk that did not confirm a change may have it anyway, and then it is in effect; people who look are told
	 * what the database has by then.
	 */
	async tellUncertain(): Promise<void> {
		if (!this.#isDone) await this.#tellChanges();
	}

	async #tellChanges(): Promise<void> {
		const { onChanged, onPeopleChanged } = this.#deps;
		for (const pId of this.changed) onChanged(pId);
		if (this.#isAboutPeople) await onPeopleChanged?.();
	}
}
