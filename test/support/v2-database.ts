// A database as the original's project manager writes it, small.
import { Database } from "bun:sqlite";

/** Its tables, with the columns in the original's order (`ccm-gui.md §2`). */
const TABLES: Readonly<Record<string, string>> = {
	User: "u_id INTEGER PRIMARY KEY, u_name VARCHAR(255), passwd VARCHAR(255), is_active BOOLEAN, is_admin BOOLEAN, is_deleted BOOLEAN, created_at DATETIME, email VARCHAR(255)",
	Unit: "unit_id INTEGER PRIMARY KEY, unit_name VARCHAR(255)",
	Tag: "tag_id INTEGER PRIMARY KEY, tag_name VARCHAR(255), param_no INTEGER",
	Function: "fn_id INTEGER PRIMARY KEY, fn_name VARCHAR(255), is_protect BOOLEAN",
	FunctionVersion:
		"fnvt_idx INTEGER PRIMARY KEY, fn_id INTEGER, u_id INTEGER, completeness BOOLEAN, date DATE, code TEXT",
	FunctionSDF:
		"fnsdf_id INTEGER PRIMARY KEY, fn_id INTEGER, u_id INTEGER, df_id INTEGER, display BOOLEAN",
	DeviceFeature:
		"df_id INTEGER PRIMARY KEY, df_name VARCHAR(255), df_type VARCHAR(6), df_category VARCHAR(255), param_no INTEGER, comment TEXT",
	DeviceModel:
		"dm_id INTEGER PRIMARY KEY, dm_name VARCHAR(255), dm_type VARCHAR(10), device_only BOOLEAN, plural BOOLEAN",
	DM_DF: "mf_id INTEGER PRIMARY KEY, dm_id INTEGER, df_id INTEGER",
	DM_DF_Tag: "mft_id INTEGER PRIMARY KEY, mf_id INTEGER, tag_id INTEGER",
	DF_Parameter:
		"dfp_id INTEGER PRIMARY KEY, df_id INTEGER, mf_id INTEGER, param_i INTEGER, param_type VARCHAR(7), u_id INTEGER, idf_type VARCHAR(7), fn_id INTEGER, min FLOAT, max FLOAT, normalization BOOLEAN, unit_id INTEGER",
	Device:
		"d_id INTEGER PRIMARY KEY, mac_addr VARCHAR(255), monitor VARCHAR(255), d_name VARCHAR(255), status VARCHAR(7), u_id INTEGER, dm_id INTEGER, is_sim BOOLEAN, register_time DATETIME, device_webpage VARCHAR(255), extra_setup_webpage VARCHAR(255)",
	Project:
		"p_id INTEGER PRIMARY KEY, p_name VARCHAR(255), u_id INTEGER, status VARCHAR(3), restart BOOLEAN, exception TEXT, sim VARCHAR(3)",
	NetworkApplication:
		"na_id INTEGER PRIMARY KEY, na_name VARCHAR(255), na_idx INTEGER, p_id INTEGER",
	DeviceObject:
		"do_id INTEGER PRIMARY KEY, dm_id INTEGER, p_id INTEGER, do_idx INTEGER, d_id INTEGER",
	DFObject: "dfo_id INTEGER PRIMARY KEY, do_id INTEGER, df_id INTEGER, alias_name VARCHAR(255)",
	DF_Module:
		"na_id INTEGER, dfo_id INTEGER, param_i INTEGER, idf_type VARCHAR(7), fn_id INTEGER, min FLOAT, max FLOAT, normalization BOOLEAN, color VARCHAR(5)",
	MultipleJoin_Module: "na_id INTEGER, param_i INTEGER, fn_id INTEGER, dfo_id INTEGER",
};

/** The device bound in it. */
export const V2_DEVICE = "fb9301ff-404e-4c8b-a5c5-7baf905a3037";

const code = (value: string) => `'def run(*args):\n    return ${value}\n'`;

/**
 * Two people with a project each: ann's has two inputs with a function of hers on one and the system's on the join, and a
 * bound sensor; bob's is empty. One account has a name that is refused.
 */
const ROWS: readonly string[] = [
	"User VALUES (1,'root','x',1,1,0,'2026-01-02 03:04:05.678901',''), (2,'ann','x',1,0,0,NULL,''), (3,'bob','x',1,0,0,NULL,''), (4,'a/b','x',1,0,0,NULL,''), (5,'gone','x',1,0,1,NULL,'')",
	"Unit VALUES (1,'None'), (2,'lx')",
	"Tag VALUES (1,'Geolocation',2)",
	"Function VALUES (1,'pick',1), (2,'ten',0)",
	`FunctionVersion VALUES (1,1,NULL,1,'2026-01-01',${code("args[0]")}), (2,2,NULL,1,'2026-01-01',${code("1")}), (3,2,2,1,'2026-01-02',${code("10")}), (4,2,4,1,'2026-01-02',${code("4")})`,
	"FunctionSDF VALUES (1,1,NULL,NULL,1), (2,2,2,1,1)",
	"DeviceFeature VALUES (1,'Light-I','input','None',2,'how bright'), (2,'Show-O','output','None',1,'')",
	"DeviceModel VALUES (1,'V2Sensor','other',0,0), (2,'V2Display','other',0,1)",
	"DM_DF VALUES (1,1,1), (2,2,2)",
	"DM_DF_Tag VALUES (1,1,1)",
	"DF_Parameter VALUES (1,1,NULL,0,'float',NULL,'sample',NULL,0,100,0,2), (2,1,NULL,1,'int',NULL,'variant',NULL,0,0,0,1), (3,2,NULL,0,'int',NULL,'sample',NULL,0,0,0,1), (4,NULL,1,0,'float',NULL,'sample',NULL,0,50,1,2), (5,NULL,1,0,'float',2,'sample',NULL,0,9,1,2)",
	`Device VALUES (1,'${V2_DEVICE.toUpperCase()}','m','desk','online',2,1,0,'2026-01-02 03:04:05.5','',''), (2,'c9f0f895-fb98-ab91-59f5-1fd0297e236d','m','Sim-1','online',2,2,1,'2026-01-02 03:04:05','',''), (3,'00000000-fb98-4b91-89f5-1fd0297e236d','m','unused','offline',NULL,2,0,'2026-01-02 03:04:05','','')`,
	"Project VALUES (1,'light',2,'on',0,'','off'), (2,'empty',3,'off',0,'','off'), (3,'lost',4,'off',0,'','off')",
	"NetworkApplication VALUES (7,'Join 1',0,1)",
	"DeviceObject VALUES (1,1,1,0,1), (2,1,1,0,NULL), (3,2,1,0,2)",
	"DFObject VALUES (1,1,1,'Desk'), (2,2,1,'Light-I'), (3,3,2,'')",
	"DF_Module VALUES (7,1,0,'sample',2,0,5,0,'red'), (7,1,1,'sample',NULL,0,0,0,'red'), (7,2,0,'sample',NULL,0,0,0,'red'), (7,2,1,'sample',NULL,0,0,0,'red'), (7,3,0,'sample',NULL,0,0,1,'red')",
	"MultipleJoin_Module VALUES (7,0,1,2), (7,1,1,1)",
];

/**
 * Makes it.
 * @param more Statements that are run at the end.
 */
export function makeV2Database(path: string, more: readonly string[] = []): void {
	const sqlite = new Database(path);
	for (const [name, columns] of Object.entries(TABLES)) {
		sqlite.run(`CREATE TABLE "${name}" (${columns})`);
	}
	for (const rows of ROWS) sqlite.run(`INSERT INTO "${rows.replace(" ", '" ')}`);
	for (const statement of more) sqlite.run(statement);
	sqlite.close();
}
