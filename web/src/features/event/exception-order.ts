import type { ExceptionValue } from "../../api/types";

export type OrderedException = { exception: ExceptionValue; relation: "main" | "cause" | "member" | "consequence" };

const parentOf = (exception: ExceptionValue, all: readonly ExceptionValue[]): ExceptionValue | undefined => {
  const parentId = exception.mechanism?.parent_id ?? null;
  return parentId === null ? undefined : all.find((candidate) => candidate.mechanism?.exception_id === parentId);
};

/** The main exception first, then what caused it from near to far, then what came after it. The wire order is oldest cause first. */
export function orderExceptions(exceptions: readonly ExceptionValue[]): OrderedException[] {
  const mainIndex = exceptions.findIndex(({ is_main }) => is_main);
  const main = mainIndex < 0 ? exceptions.length - 1 : mainIndex;
  const rank = (index: number): number => (index === main ? -1 : index < main ? main - index : exceptions.length + index);
  const hasIds = exceptions.some(({ mechanism }) => (mechanism?.parent_id ?? null) !== null);
  const relationOf = (exception: ExceptionValue, index: number): OrderedException["relation"] => {
    if (index === main) return "main";
    if (parentOf(exception, exceptions)?.mechanism?.is_exception_group === true) return "member";
    return hasIds || index < main ? "cause" : "consequence";
  };
  return exceptions
    .map((exception, index) => ({ exception, relation: relationOf(exception, index), rank: rank(index) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ exception, relation }) => ({ exception, relation }));
}
