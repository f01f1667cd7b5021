// Which conversations stand side by side now.
import { ref } from "vue";

export const columnsShown = ref<number[]>([]);
