import type { ProjectDocument } from "../../contract/mod.ts";
import { StorageError } from "../../kit/mod.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import type { CcmStore } from "../store/port.ts";
import { checkAccount, checkRole } from "./access.ts";
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

const NO_RULES: BindingRules = { ownershipTimeoutS: 0, odfSingleBind: false };

export interface ServiceDeps {
	readonly store: CcmStore;
	readonly check: SourceCheck;
	/** Any device of a model may be bound at once, to several blocks, unless told otherwise. */
	readonly rules?: BindingRules;
	/** The time, milliseconds since 1970. */
	readonly now: () => number;
	/** A project with its simulated devices bound; without it there are none. */
	readonly simulated?: (project: ProjectDocument) => ProjectDocument;
	/** Hears of projects that were changed or deleted, when that is kept. */
	readonly onChanged: (pId: number) => void;
	/** Hears what people who look at projects are to be told, when that is kept, in the order it was. */
	readonly onNews?: (news: ProjectNews) => void;
	/** Hears of changed accounts, when that is kept: logins may have ended. The answer waits for it. */
	readonly onPeopleChanged?: () => Promise<void>;
	/** Argon2id unless told otherwise. */
	readonly passwords?: Passwords;
}

/** Carries operations out for every door: one place for roles, input, units of work and what follows. */
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
	 * @throws Refusal with the status REST answers; nothing has changed.
	 */
	async call(
		name: string,
		person: Person | null,
		raw: Readonly<Record<string, unknown>>,
	): Promise<unknown> {
		const operation = this.#operations.get(name) ?? notFound(`operation \`${name}\``);
		checkRole(person, operation.who);
		checkAccount(person, operation);
		const input = readInput(operation.input, raw);
		await this.#checkSources(operation.sources?.(input as never) ?? []);
		const {
			store,
			now,
			onChanged,
			onNews,
			onPeopleChanged,
			simulated = (project) => project,
			rules = NO_RULES,
			passwords = ARGON2,
		} = this.#deps;
		const before = { person, passwords, read: store.read.bind(store) };
		const prepared = await operation.prepare?.(before, input as never);
		const changed = new Set<number>();
		const news: ProjectNews[] = [];
		let people = false;
		const date = new Date(now()).toISOString();
		const work = (tables: Call["tables"]) => {
			const call: Call = {
				...{ person, tables, rules, simulated, now: date },
				changed: (pId) => changed.add(pId),
				tell: (one) => news.push(one),
				peopleChanged: () => {
					people = true;
				},
			};
			return operation.run(call, input as never, prepared as never);
		};
		const tell = async () => {
			for (const pId of changed) onChanged(pId);
			if (people) await onPeopleChanged?.();
		};
		let result: unknown;
		try {
			result = await (operation.reads ? store.read(work) : store.write(work));
		} catch (error) {
			// A disk that did not confirm a change may have it all the same, and then it is in effect; people who look are
			// told what the database has by then.
			if (error instanceof StorageError) await tell();
			throw error;
		}
		for (const one of news) onNews?.(one);
		await tell();
		return result;
	}

	/** Before the unit of work: an engine may take its time. */
	async #checkSources(sources: readonly string[]): Promise<void> {
		for (const code of sources) {
			const reason = await this.#deps.check(code);
			if (reason !== undefined) badRequest(`Compile Error: ${reason}`, "code");
		}
	}
}
