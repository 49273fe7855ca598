/** Words for what a change did; the names are of what it was about. */
interface ChangeTexts {
	readonly rename_project: (name: string) => string;
	readonly set_status: (isOn: boolean) => string;
	readonly set_simulation: (isOn: boolean) => string;
	readonly add_block: (block: string) => string;
	readonly remove_block: (block: string) => string;
	readonly set_features: (block: string) => string;
	readonly set_seats: (block: string) => string;
	readonly move_block: (block: string) => string;
	readonly set_alias: (name: string) => string;
	readonly bind: (block: string) => string;
	readonly unbind: (block: string) => string;
	readonly add_join: (join: string) => string;
	readonly rename_join: (join: string) => string;
	readonly remove_join: (join: string) => string;
	readonly set_join_function: (join: string) => string;
	readonly set_crowd_rule: (join: string) => string;
	readonly add_link: (port: string, join: string) => string;
	readonly remove_link: (port: string, join: string) => string;
	readonly move_link: (port: string, join: string) => string;
	readonly set_link_param: (port: string, join: string) => string;
	readonly restore_block: (block: string) => string;
	readonly restore_join: (join: string) => string;
	readonly restore_link: (port: string, join: string) => string;
}

export const zh: ChangeTexts = {
	rename_project: (name) => `將專案改名為「${name}」`,
	set_status: (isOn) => (isOn ? "啟動專案" : "暫停專案"),
	set_simulation: (isOn) => (isOn ? "開啟模擬" : "關閉模擬"),
	add_block: (block) => `加入方塊「${block}」`,
	remove_block: (block) => `移除方塊「${block}」`,
	set_features: (block) => `變更「${block}」的功能`,
	set_seats: (block) => `變更「${block}」的座位數`,
	move_block: (block) => `移動方塊「${block}」`,
	set_alias: (name) => `將功能改名為「${name}」`,
	bind: (block) => `為「${block}」綁定裝置`,
	unbind: (block) => `解除「${block}」的裝置綁定`,
	add_join: (join) => `新增連接「${join}」`,
	rename_join: (join) => `將連接改名為「${join}」`,
	remove_join: (join) => `移除連接「${join}」`,
	set_join_function: (join) => `變更連接「${join}」的函式`,
	set_crowd_rule: (join) => `變更連接「${join}」的群組方式`,
	add_link: (port, join) => `將「${port}」連到「${join}」`,
	remove_link: (port, join) => `移除「${port}」與「${join}」的連線`,
	move_link: (port, join) => `調整「${port}」在「${join}」中的順序`,
	set_link_param: (port, join) => `變更「${port}」到「${join}」的設定`,
	restore_block: (block) => `還原方塊「${block}」`,
	restore_join: (join) => `還原連接「${join}」`,
	restore_link: (port, join) => `還原「${port}」與「${join}」的連線`,
};

export const en: ChangeTexts = {
	rename_project: (name) => `renamed the project to “${name}”`,
	set_status: (isOn) => (isOn ? "started the project" : "paused the project"),
	set_simulation: (isOn) => (isOn ? "turned simulation on" : "turned simulation off"),
	add_block: (block) => `added the block “${block}”`,
	remove_block: (block) => `removed the block “${block}”`,
	set_features: (block) => `changed the features of “${block}”`,
	set_seats: (block) => `changed the seats of “${block}”`,
	move_block: (block) => `moved the block “${block}”`,
	set_alias: (name) => `renamed a feature to “${name}”`,
	bind: (block) => `bound a device to “${block}”`,
	unbind: (block) => `unbound a device from “${block}”`,
	add_join: (join) => `added the join “${join}”`,
	rename_join: (join) => `renamed a join to “${join}”`,
	remove_join: (join) => `removed the join “${join}”`,
	set_join_function: (join) => `changed the function of “${join}”`,
	set_crowd_rule: (join) => `changed how a crowd takes part in “${join}”`,
	add_link: (port, join) => `linked “${port}” to “${join}”`,
	remove_link: (port, join) => `removed the link of “${port}” to “${join}”`,
	move_link: (port, join) => `moved “${port}” in the order of “${join}”`,
	set_link_param: (port, join) => `changed the settings of “${port}” in “${join}”`,
	restore_block: (block) => `restored the block “${block}”`,
	restore_join: (join) => `restored the join “${join}”`,
	restore_link: (port, join) => `restored the link of “${port}” to “${join}”`,
};
