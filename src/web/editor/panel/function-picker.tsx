import { useComputed } from "@preact/signals";
import { IconButton } from "../kit/button.tsx";
import { FieldBox } from "../kit/fields.tsx";
import { Menu, type MenuItem } from "../kit/menu.tsx";
import { texts } from "../texts/texts.ts";
import type { FunctionItem } from "./function-lists.ts";
import type { FunctionContext, FunctionWish } from "./panel-context.ts";

export interface FunctionPickerProps {
	readonly panel: FunctionContext;
	readonly label: string;
	readonly hint?: string | undefined;
	readonly value: number | null;
	/** What functions are offered for; null: joins. */
	readonly feature: { readonly df_id: number; readonly df_name: string } | null;
	readonly wish: Omit<FunctionWish, "fnId" | "onSaved">;
	readonly onChange: (fnId: number | null) => void;
}

/** Chooses a function: those offered for the place come first. Beside it: open it, make one, offer it. */
export function FunctionPicker(props: FunctionPickerProps) {
	const { panel, label, hint, value, feature, onChange } = props;
	const words = texts.value.panel.functions;
	const { all, reason } = panel.functions;
	const known = all.value ?? [];
	const offered = panel.functions.offered(feature?.df_id ?? null).value;
	const first = known.filter(({ fn_id }) => offered.has(fn_id));
	const others = known.filter(({ fn_id }) => !offered.has(fn_id));
	const isUnknown = value !== null && known.every(({ fn_id }) => fn_id !== value);
	const place = feature === null ? words.offeredJoin : words.offered(feature.df_name);
	const error = reason.value === undefined ? undefined : words.failed(reason.value);
	return (
		<div class="panel-function">
			<FieldBox {...{ label, hint, error }}>
				{(ids) => (
					<select
						{...ids}
						disabled={!panel.canEdit}
						value={value ?? ""}
						onChange={({ currentTarget }) =>
							onChange(currentTarget.value === "" ? null : Number(currentTarget.value))
						}
					>
						<option value="">{words.none}</option>
						{isUnknown && all.value !== undefined && (
							<option value={value}>{words.unknown(value)}</option>
						)}
						{isUnknown && all.value === undefined && <option value={value}>…</option>}
						<Group title={place} functions={first} />
						<Group title={first.length === 0 ? "" : words.others} functions={others} />
					</select>
				)}
			</FieldBox>
			<FunctionMenu {...props} isOffered={value !== null && offered.has(value)} known={known} />
		</div>
	);
}

interface GroupProps {
	readonly title: string;
	readonly functions: readonly FunctionItem[];
}

function Group({ title, functions }: GroupProps) {
	const options = functions.map(({ fn_id, fn_name }) => (
		<option key={fn_id} value={fn_id}>
			{fn_name}
		</option>
	));
	if (title === "" || options.length === 0) return <>{options}</>;
	return <optgroup label={title}>{options}</optgroup>;
}

interface FunctionMenuProps extends FunctionPickerProps {
	readonly isOffered: boolean;
	readonly known: readonly FunctionItem[];
}

function FunctionMenu(props: FunctionMenuProps) {
	const { panel, label, value, feature, wish, onChange, isOffered, known } = props;
	const words = texts.value.panel.functions;
	const isStudent = useComputed(() => panel.app.session.person.value.role === "student").value;
	const chosen = known.find(({ fn_id }) => fn_id === value);
	const open = (fnId: number | undefined) =>
		panel.openFunction({
			...{ ...wish, fnId },
			onSaved: (saved) => {
				panel.functions.refresh();
				if (panel.canEdit && saved !== value) onChange(saved);
			},
		});
	if (chosen === undefined) {
		if (isStudent) return null;
		return (
			<IconButton
				icon="add"
				label={`${words.add}: ${label}`}
				data-function="add"
				onClick={() => open(undefined)}
			/>
		);
	}
	const items: MenuItem[] = [
		{ text: words.add, icon: "add", run: () => open(undefined) },
		{
			text: feature === null ? words.offerJoin : words.offer(feature.df_name),
			checked: isOffered,
			run: () => void offer(panel, feature?.df_id ?? null, chosen.fn_id, !isOffered),
		},
	];
	return (
		<>
			<IconButton
				icon="edit"
				label={words.edit(chosen.fn_name)}
				data-function="edit"
				onClick={() => open(chosen.fn_id)}
			/>
			{!isStudent && <Menu label={`${label}: ${words.menu}`} items={items} />}
		</>
	);
}

async function offer(panel: FunctionContext, dfId: number | null, fnId: number, isOn: boolean) {
	const refused = await panel.functions.offer(dfId, fnId, isOn);
	if (refused !== undefined) panel.app.notices.say(texts.value.panel.refused(refused), "bad");
}
