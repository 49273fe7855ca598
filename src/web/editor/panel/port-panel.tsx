import type { Block, Join, Port } from "../../../contract/mod.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Failed, Spinner } from "../kit/states.tsx";
import { texts } from "../texts/texts.ts";
import { NameField } from "./fields.tsx";
import { unlink } from "./link-card.tsx";
import { LiveValue } from "./live-value.tsx";
import { apply, type PanelContext } from "./panel-context.ts";
import { type ParamRow, PortParams } from "./port-params.tsx";
import { ProgressBadge } from "./progress-badge.tsx";
import { useAnswer } from "./use-answer.ts";
import { useJoinTools } from "./use-join-tools.ts";

interface PortProps {
	readonly panel: PanelContext;
	readonly block: Block;
	readonly port: Port;
}

/** A feature: its alias, what its values are, and what it is linked with. */
export function PortPanel({ panel: context, block, port }: PortProps) {
	const words = texts.value.panel.port;
	const { dfo_id, alias_name, df_name } = port;
	const joins = (context.project.document.value?.joins ?? []).filter(({ links }) =>
		links.some((link) => link.dfo_id === dfo_id),
	);
	const panel = { ...context, ...useJoinTools(context, joins[0]?.na_id) };
	const path = `api/v0/project/${panel.project.pId}/deviceobject/${block.do_id}/devicefeatureobject/${dfo_id}`;
	const { body, reason, reload } = useAnswer<{
		readonly data: { readonly df_parameter: readonly ParamRow[] };
	}>(panel.app.ask, path);
	return (
		<>
			<fieldset class="panel-plain" disabled={!panel.canEdit}>
				<NameField
					label={words.alias}
					hint={words.aliasHint(df_name)}
					value={alias_name}
					onCommit={(name) => apply(panel, { kind: "set_alias", dfo_id, alias_name: name })}
				/>
			</fieldset>
			<p class="panel-values">
				{words.ofBlock}{" "}
				<Button
					kind="quiet"
					icon="device"
					onClick={() => panel.onSelect({ kind: "block", id: block.do_id })}
				>
					{block.dm_name}
				</Button>
			</p>
			<h3>{words.joins}</h3>
			{joins.length === 0 && <p class="kit-hint">{words.noJoins}</p>}
			<ul class="panel-list">
				{joins.map((join) => (
					<JoinItem key={join.na_id} {...{ panel, port, join }} />
				))}
			</ul>
			<h3>{words.parameters}</h3>
			{body === undefined && reason === undefined && <Spinner />}
			{body === undefined && reason !== undefined && <Failed reason={reason} onRetry={reload} />}
			{body !== undefined && (
				<PortParams {...{ panel, port, joins }} rows={body.data.df_parameter} />
			)}
		</>
	);
}

interface JoinItemProps {
	readonly panel: PanelContext;
	readonly port: Port;
	readonly join: Join;
}

function JoinItem({ panel, port, join }: JoinItemProps) {
	const words = texts.value.panel.join;
	const place = { panel, naId: join.na_id, dfoId: port.dfo_id };
	return (
		<li>
			<Button
				kind="quiet"
				icon="link"
				onClick={() => panel.onSelect({ kind: "join", id: join.na_id })}
			>
				{join.na_name}
			</Button>
			<span class="panel-values">
				<LiveValue {...place} />
				<ProgressBadge {...place} />
			</span>
			{panel.canEdit && (
				<IconButton
					icon="unlink"
					label={`${words.unlink(port.alias_name)}: ${join.na_name}`}
					onClick={() => void unlink({ panel, join, port })}
				/>
			)}
		</li>
	);
}
