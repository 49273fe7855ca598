// CCM's services with everything in memory, and the people of a school.
import { loadSeed } from "../../../src/ccm/catalog/load-seed.ts";
import { seedData } from "../../../src/ccm/catalog/seed-data.ts";
import type { Registered } from "../../../src/ccm/devices/sightings.ts";
import type { InvitationService } from "../../../src/ccm/invitations/invitation-service.ts";
import { OPERATIONS } from "../../../src/ccm/service/all-operations.ts";
import type { Person, ProjectNews, SourceCheck } from "../../../src/ccm/service/operation.ts";
import type { Passwords } from "../../../src/ccm/service/passwords.ts";
import { RestAdapter, type RestReply } from "../../../src/ccm/service/rest-adapter.ts";
import { Service } from "../../../src/ccm/service/service.ts";
import type { AuditEntry } from "../../../src/ccm/store/audit-port.ts";
import type { ProjectDocument } from "../../../src/contract/mod.ts";
import { MemoryStore } from "./memory-store.ts";
import { runPython } from "./python.ts";

const NOW = Date.parse("2026-09-01T08:00:00Z");

export const ADMIN: Person = { u_id: 1, u_name: "root", role: "admin" };
export const TEACHER: Person = { u_id: 2, u_name: "ann", role: "teacher" };
export const OTHER: Person = { u_id: 3, u_name: "bob", role: "teacher" };
export const STUDENT: Person = { u_id: 4, u_name: "cat", role: "student" };
export const CLASSMATE: Person = { u_id: 5, u_name: "dan", role: "student" };
/** Of everyone. */
export const PASSWORD = "a long password";

/** Passwords that are quick to check. */
export const PLAIN: Passwords = {
	hash: async (password) => `hash of ${password}`,
	isRight: async (password, hash) => hash === `hash of ${password}`,
};

export const PEOPLE: readonly Person[] = [ADMIN, TEACHER, OTHER, STUDENT];

type Json = Record<string, unknown>;

export class Office {
	readonly store = new MemoryStore();
	/** Projects that were changed, in order. */
	readonly changed: number[] = [];
	/** How often accounts were changed. */
	peopleChanges = 0;
	/** Hears of them too. */
	onChanged: (pId: number) => void = () => {};
	/** Hears what people who look at projects are told. */
	onNews: (news: ProjectNews) => void = () => {};
	/** Devices as CSM would have them. */
	registered: Registered = () => undefined;
	/** What CSM refuses of a project. */
	failed: (pId: number) => number = () => 0;
	/** How phones are invited. */
	invitations: InvitationService = {
		...{ isPossible: true, now: () => 0, wrongSince: () => 0 },
		draw: () => ({ code: "BCDFGH", code_hash: "hash of BCDFGH" }),
	};
	/** Hears of everything that is kept. */
	onWritten: () => void = () => {};
	/** What was told of changes, in order. */
	readonly audited: AuditEntry[] = [];
	/** Hears of each operation before it is carried out; what it throws refuses it. */
	onRequest: (person: Person) => void = () => {};
	readonly service: Service;
	readonly #adapter: RestAdapter;

	private constructor(check: SourceCheck) {
		this.service = new Service(OPERATIONS, {
			store: this.store,
			now: () => NOW,
			onChanged: (pId) => {
				this.changed.push(pId);
				this.onChanged(pId);
			},
			onNews: (news) => this.onNews(news),
			onPeopleChanged: async () => {
				this.peopleChanges += 1;
			},
			failed: (pId) => this.failed(pId),
			registered: (macAddr) => this.registered(macAddr),
			invitations: this.#invitations(),
			onAudit: (entry) => {
				this.audited.push(entry);
				this.onWritten();
			},
			rate: { take: (person) => this.onRequest(person) },
			passwords: PLAIN,
			rules: { ownershipTimeoutS: 0, odfSingleBind: false, maxSeats: 60 },
			check,
		});
		this.#adapter = new RestAdapter(this.service);
	}

	/**
	 * @param isSeeded Whether the default data are there.
	 * @param check What speaks against a source; Python's words by default.
	 */
	static async open(
		isSeeded = true,
		check: SourceCheck = async (code) => reasonOf(code),
	): Promise<Office> {
		const office = new Office(check);
		await office.store.write(async ({ people }) => {
			for (const { u_name: name, role } of [ADMIN, TEACHER, OTHER, STUDENT, CLASSMATE]) {
				await people.create({ name, role, hash: await PLAIN.hash(PASSWORD), createdAt: 0 });
			}
		});
		if (!isSeeded) return office;
		const now = new Date(NOW).toISOString();
		await office.store.write((tables) => loadSeed(tables, seedData(), now));
		return office;
	}

	/** Tests put another one in its place. */
	#invitations(): InvitationService {
		const current = () => this.invitations;
		return {
			get isPossible() {
				return current().isPossible;
			},
			now: () => current().now(),
			draw: (doId) => current().draw(doId),
			wrongSince: (doId) => current().wrongSince(doId),
		};
	}

	/** The document of a project, as it is kept. */
	async project(pId: number): Promise<ProjectDocument> {
		const found = await this.store.read(({ projects }) => projects.get(pId));
		if (found === undefined) throw new Error(`there is no project ${pId}`);
		return found;
	}

	/** A request as it comes from HTTP. */
	rest(
		person: Person | null,
		method: string,
		path: string,
		body?: Readonly<Record<string, unknown>>,
	): Promise<RestReply> {
		return this.#adapter.answer({ method, path, body, person });
	}

	/** A request that has to succeed. */
	async ok(person: Person, method: string, path: string, body?: Json): Promise<Json> {
		const reply = await this.rest(person, method, path, body);
		if (reply.body.state === "ok") return reply.body;
		throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
	}
}

/** What was found out already; starting Python takes its time. */
const judged = new Map<string, string | undefined>();

/** What Python says against a source. */
function reasonOf(code: string): string | undefined {
	if (!judged.has(code)) judged.set(code, judge(code));
	return judged.get(code);
}

function judge(code: string): string | undefined {
	const wrapped = `def run(code):
    try:
        names = compile(code, '<f>', 'exec').co_names
    except SyntaxError as error:
        return str(error)
    return None if 'run' in names else 'function name \`run\` is undefined'
`;
	const [result] = runPython([{ code: wrapped, calls: [[code]] }]);
	const reason = Array.isArray(result) ? result[0] : undefined;
	return typeof reason === "string" ? reason : undefined;
}
