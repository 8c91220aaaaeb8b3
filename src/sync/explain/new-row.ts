import { rowId } from '../../base/ids.ts';
import type { NewRow, Row } from '../../store/entities.ts';
import { bareRow } from '../bare-row.ts';
import type { AudienceContext } from '../stage.ts';

/** A row that the store does not have, as a run would make it; ids below zero tell such rows apart. */
export const newRow = ({ settings }: Pick<AudienceContext, 'settings'>, id: number, of: Partial<NewRow>): Row => ({
  ...bareRow(settings.listId),
  ...of,
  id: rowId(id),
  version: 0,
  claimedBy: null,
  claimedUntil: null,
});

export const isStored = (row: Pick<Row, 'id'>): boolean => row.id > 0;
