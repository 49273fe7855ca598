import { useState } from "preact/hooks";
import type { CcmDevice, FeatureType } from "../../../../contract/mod.ts";
import { Button, LinkButton } from "../../kit/button.tsx";
import { Field, Select } from "../../kit/fields.tsx";
import { countOf, type Family, familiesOf, withCount } from "../../panel/families.ts";
import { texts } from "../../texts/texts.ts";
import type { MemberView, ModelView } from "../models/catalog-view.ts";
import { addBlock } from "./add-block.ts";
import { firstChoice } from "./first-choice.ts";
import type { AddDeviceParts } from "./parts.ts";
import type { ProjectHeadView } from "./use-projects.ts";

export interface ChooseFeaturesProps extends AddDeviceParts {
	readonly model: ModelView;
	/** The device it is added for. */
	readonly device: CcmDevice | undefined;
	readonly projects: readonly ProjectHeadView[] | undefined;
}

/** Which features of a model a block shows, and in which project. */
export function ChooseFeatures(props: ChooseFeaturesProps) {
	const { app, model, device, show, projects } = props;
	const { addDevice } = texts.value;
	const [chosen, setChosen] = useState(() => firstChoice(model.df_list, model.plural, has(device)));
	const [given, setGiven] = useState<number>();
	const [reason, setReason] = useState<string>();
	const [isBusy, setIsBusy] = useState(false);
	const pId = props.pId ?? given ?? projects?.[0]?.p_id;
	const add = async () => {
		if (pId === undefined) return;
		setIsBusy(true);
		const { dm_id: dmId } = model;
		const added = await addBlock(app, {
			...{ pId, dmId, dfIds: [...chosen] },
			macAddr: device?.mac_addr,
		});
		setIsBusy(false);
		if (added.doId === undefined) {
			setReason(addDevice.cannot(added.reason));
			return;
		}
		const { boundTo, reason: why } = added;
		if (why !== undefined) app.notices.say(addDevice.notBound(model.dm_name, why), "bad");
		else if (boundTo === undefined) app.notices.say(addDevice.added(model.dm_name), "good");
		else app.notices.say(addDevice.bound(model.dm_name, boundTo), "good");
		const selection = { kind: "block", id: added.doId } as const;
		app.navigation.go({ screen: "project", pId, selection });
	};
	return (
		<form
			class="add-device-choose"
			onSubmit={(event) => {
				event.preventDefault();
				void add();
			}}
		>
			<h2 title={model.dm_name}>{device === undefined ? model.dm_name : device.d_name}</h2>
			<p>{addDevice.choose}</p>
			<div class="add-device-columns">
				{(["input", "output"] as const).map((type) => (
					<Column key={type} {...{ type, model, chosen, setChosen }} />
				))}
			</div>
			{props.pId === undefined && projects !== undefined && (
				<ProjectChoice {...{ projects, pId, setGiven }} />
			)}
			<p class="kit-error" role="alert">
				{reason}
			</p>
			{chosen.size === 0 && <p class="devices-faint">{addDevice.chooseOne}</p>}
			<div class="add-device-actions">
				<Button onClick={() => show({ model: undefined, device: undefined })}>
					{addDevice.back}
				</Button>
				<Button
					kind="main"
					type="submit"
					disabled={isBusy || chosen.size === 0 || pId === undefined}
				>
					{addDevice.add}
				</Button>
			</div>
		</form>
	);
}

function has(device: CcmDevice | undefined): ReadonlySet<string> | undefined {
	return device && new Set(device.features.map(({ df_name }) => df_name));
}

interface ColumnProps {
	readonly type: FeatureType;
	readonly model: ModelView;
	readonly chosen: ReadonlySet<number>;
	readonly setChosen: (chosen: ReadonlySet<number>) => void;
}

/** The inputs of a model, or its outputs. */
function Column({ type, model, chosen, setChosen }: ColumnProps) {
	const { addDevice } = texts.value;
	const features = model.df_list.filter(({ df_type }) => df_type === type);
	if (features.length === 0) return null;
	const { families, singles } = model.plural
		? familiesOf(features)
		: { families: [], singles: features };
	const setAll = (isChosen: boolean) => {
		const next = new Set(chosen);
		for (const { df_id } of features) {
			if (isChosen) next.add(df_id);
			else next.delete(df_id);
		}
		setChosen(next);
	};
	return (
		<fieldset class={`add-device-${type}`}>
			<legend>{type === "input" ? addDevice.inputs : addDevice.outputs}</legend>
			{features.length > 1 && (
				<div>
					<Button kind="quiet" onClick={() => setAll(true)}>
						{addDevice.all}
					</Button>
					<Button kind="quiet" onClick={() => setAll(false)}>
						{addDevice.none}
					</Button>
				</div>
			)}
			{families.map((family) => (
				<HowMany key={family.name} {...{ family, chosen, setChosen }} />
			))}
			{singles.map(({ df_id, df_name, comment }) => (
				<label key={df_id} class="add-device-check">
					<input
						type="checkbox"
						checked={chosen.has(df_id)}
						onChange={({ currentTarget }) => {
							const next = new Set(chosen);
							if (currentTarget.checked) next.add(df_id);
							else next.delete(df_id);
							setChosen(next);
						}}
					/>
					<span>
						{df_name}
						{comment !== "" && <small>{comment}</small>}
					</span>
				</label>
			))}
		</fieldset>
	);
}

interface HowManyProps extends Pick<ColumnProps, "chosen" | "setChosen"> {
	readonly family: Family<MemberView>;
}

/** The number selector of a plural model (`ccm-gui.md §8`, step 3). */
function HowMany({ family, chosen, setChosen }: HowManyProps) {
	const most = family.members.length;
	return (
		<Field
			label={texts.value.addDevice.howMany(family.name, most)}
			type="number"
			min={0}
			max={most}
			step={1}
			value={String(countOf(family, chosen))}
			onInput={(text) => {
				const count = Math.min(most, Math.max(0, Math.trunc(Number(text)) || 0));
				setChosen(withCount(family, chosen, count));
			}}
		/>
	);
}

interface ProjectChoiceProps {
	readonly projects: readonly ProjectHeadView[];
	readonly pId: number | undefined;
	readonly setGiven: (pId: number) => void;
}

function ProjectChoice({ projects, pId, setGiven }: ProjectChoiceProps) {
	const { addDevice } = texts.value;
	if (projects.length === 0) {
		return (
			<p>
				{addDevice.noProject} <LinkButton href="#/">{addDevice.toProjects}</LinkButton>
			</p>
		);
	}
	return (
		<Select
			label={addDevice.project}
			value={String(pId)}
			options={projects.map(({ p_id, p_name }) => ({ value: String(p_id), text: p_name }))}
			onChange={(value) => setGiven(Number(value))}
		/>
	);
}
