import type { Join } from "../../../contract/mod.ts";
import { Button } from "../kit/button.tsx";
import { lazy } from "../kit/lazy.tsx";
import { texts } from "../texts/texts.ts";
import { AddLink } from "./add-link.tsx";
import { FailingLink, FailureNote, ProgressNote, placeId } from "./failures.tsx";
import { NameField } from "./fields.tsx";
import { FunctionPicker } from "./function-picker.tsx";
import { LinkCard } from "./link-card.tsx";
import { linkedOf } from "./linked.ts";
import { LiveValue } from "./live-value.tsx";
import { apply, applyAndSay, type FunctionContext, type PanelContext } from "./panel-context.ts";
import { ProgressBadge } from "./progress-badge.tsx";
import { names } from "./recent-samples.ts";
import { useJoinTools } from "./use-join-tools.ts";

const CrowdRule = lazy(() => import("../crowd/crowd-rule.tsx"), {
	...{ texts: ["crowd"], meanwhile: () => null },
});

interface JoinProps {
	readonly panel: PanelContext;
	readonly join: Join;
}

/** A join: its inputs, its function, its outputs. */
export function JoinPanel({ panel: context, join }: JoinProps) {
	const panel = { ...context, ...useJoinTools(context, join.na_id) };
	const words = texts.value.panel.join;
	const { na_id, na_name } = join;
	const { inputs, outputs } = linkedOf(panel.project.document.value, join);
	const isCrowd = inputs.some(({ block }) => block.seats !== null);
	const part = { panel, join, inputs };
	const remove = async () => {
		const changes = [{ kind: "remove_join", na_id }] as const;
		if (await applyAndSay(panel, changes, () => words.removed(na_name))) panel.onSelect(undefined);
	};
	return (
		<>
			<div class="panel-actions">
				<Button
					icon="chart"
					onClick={() => panel.onSelect({ kind: "join", id: na_id, view: "monitor" })}
				>
					{words.monitor}
				</Button>
				{panel.canEdit && (
					<Button icon="trash" onClick={() => void remove()}>
						{words.remove}
					</Button>
				)}
			</div>
			{[...inputs, ...outputs].map(({ port: { dfo_id, alias_name } }) => (
				<FailingLink key={dfo_id} {...{ panel, naId: na_id }} dfoId={dfo_id} name={alias_name} />
			))}
			<FailingLink {...{ panel, naId: na_id }} dfoId={null} name={words.joinValue} />
			<fieldset class="panel-plain" disabled={!panel.canEdit}>
				<NameField
					label={texts.value.panel.name}
					value={na_name}
					onCommit={(name) => apply(panel, { kind: "rename_join", na_id, na_name: name })}
				/>
			</fieldset>
			{isCrowd && <CrowdRule {...{ panel, join, inputs }} />}
			<h3>{words.inputs}</h3>
			{inputs.map((linked, at) => (
				<LinkCard
					key={linked.port.dfo_id}
					{...part}
					{...linked}
					label={`z${at + 1}`}
					order={inputs.length < 2 ? undefined : { at, last: inputs.length - 1 }}
				/>
			))}
			<AddLink panel={panel} join={join} side="input" />
			<JoinFunction
				{...{ panel, join }}
				inputs={inputs.map(({ port }) => port.dfo_id)}
				isTogether={isCrowd && join.crowd === "together"}
			/>
			<h3>{words.outputs}</h3>
			{outputs.map((linked) => (
				<LinkCard key={linked.port.dfo_id} {...part} {...linked} label="" />
			))}
			<AddLink panel={panel} join={join} side="output" />
		</>
	);
}

interface JoinFunctionProps {
	readonly panel: FunctionContext;
	readonly join: Join;
	readonly inputs: readonly number[];
	/** Whether it gets the values of a crowd's members, as many as there are. */
	readonly isTogether: boolean;
}

/** The join function, in force while there are two inputs or more, and what the join gives. */
function JoinFunction({ panel, join, inputs, isTogether }: JoinFunctionProps) {
	const words = texts.value.panel.join;
	const { na_id, fn_id } = join;
	const place = { panel, naId: na_id, dfoId: null };
	const count = inputs.length;
	return (
		<section class="panel-card" id={placeId(null)} tabIndex={-1} aria-label={words.joinValue}>
			<h4>{words.joinValue}</h4>
			<p class="panel-values">
				<LiveValue {...place} />
				<ProgressBadge {...place} />
			</p>
			<ProgressNote {...place} name={join.na_name} />
			<FailureNote {...place} />
			{(isTogether || count > 1) && (
				<FunctionPicker
					panel={panel}
					label={words.joinFunction}
					hint={isTogether ? undefined : words.joinFunctionHint(count)}
					value={fn_id}
					feature={null}
					wish={{
						stage: "join",
						parameterNames: isTogether ? ["*values"] : names("z", count),
						liveSamples: () => panel.recent.ofJoin(inputs),
					}}
					onChange={(chosen) =>
						void applyAndSay(panel, [{ kind: "set_join_function", na_id, fn_id: chosen }])
					}
				/>
			)}
		</section>
	);
}
