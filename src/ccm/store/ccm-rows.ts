import { type Columns, type Db, peopleIn } from "../../store/mod.ts";
import { AuditRows } from "./audit-rows.ts";
import { type FunctionHead, FunctionRows, type StoredVersion } from "./function-rows.ts";
import type { FormerSeat, InvitationRecord, SeatRecord } from "./invitation-port.ts";
import type {
	DeviceRecord,
	Favourite,
	Feature,
	GraphAtCsm,
	Member,
	Model,
	People,
	Tag,
	Unit,
} from "./port.ts";
import { ProjectRows } from "./project-rows.ts";
import { type OnBadRow, RecordRows, type RecordTable } from "./record-rows.ts";
import { recordTables } from "./record-tables.ts";
import { StateRows } from "./state-rows.ts";
import { ccmTables } from "./tables.ts";
import { UndoRows } from "./undo-rows.ts";

/** The repositories of ccm over one connection. */
export class CcmRows {
	/** Those of the server, in the same transaction as everything else. */
	readonly people: People;
	readonly units: RecordRows<Unit>;
	readonly tags: RecordRows<Tag>;
	readonly features: RecordRows<Feature>;
	readonly models: RecordRows<Model>;
	readonly functions: FunctionRows;
	readonly devices: RecordRows<DeviceRecord>;
	readonly projects: ProjectRows;
	readonly members: RecordRows<Member>;
	readonly favourites: RecordRows<Favourite>;
	readonly undo: UndoRows;
	readonly graphs: RecordRows<GraphAtCsm>;
	readonly audit: AuditRows;
	readonly invitations: RecordRows<InvitationRecord>;
	readonly seats: RecordRows<SeatRecord>;
	readonly formerSeats: RecordRows<FormerSeat>;
	readonly state: StateRows;

	constructor(db: Db, columns: Columns, onBadRow: OnBadRow) {
		const tables = ccmTables(columns);
		this.people = peopleIn(db, columns);
		const rows = <T extends object>(of: RecordTable) => new RecordRows<T>(db, of, onBadRow);
		const of = recordTables(tables);
		this.units = rows(of.units);
		this.tags = rows(of.tags);
		this.features = rows(of.features);
		this.models = rows(of.models);
		this.functions = new FunctionRows(
			rows<FunctionHead>(of.functions),
			rows<StoredVersion>(of.versions),
		);
		this.devices = rows(of.devices);
		this.projects = new ProjectRows(db, tables, of.projects, onBadRow);
		this.members = rows(of.members);
		this.favourites = rows(of.favourites);
		this.undo = new UndoRows(db, tables, rows(of.undo));
		this.graphs = rows(of.graphs);
		this.invitations = rows(of.invitations);
		this.seats = rows(of.seats);
		this.formerSeats = rows(of.formerSeats);
		this.audit = new AuditRows(db, tables, onBadRow);
		this.state = new StateRows(db, tables);
	}
}
