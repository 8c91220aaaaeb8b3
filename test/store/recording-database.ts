import type { Parameter } from '../../src/store/columns/parameter.ts';
import { Database } from '../../src/store/sqlite/database.ts';

/** A database in memory that remembers which statements it was given. */
export class RecordingDatabase extends Database {
  readonly statements = new Set<string>();

  constructor() {
    super(':memory:', 0);
  }

  override all(sql: string, ...parameters: readonly Parameter[]): readonly unknown[] {
    this.statements.add(sql);
    return super.all(sql, ...parameters);
  }

  override get(sql: string, ...parameters: readonly Parameter[]): unknown {
    this.statements.add(sql);
    return super.get(sql, ...parameters);
  }

  override run(sql: string, ...parameters: readonly Parameter[]): { readonly changes: number; readonly id: number } {
    this.statements.add(sql);
    return super.run(sql, ...parameters);
  }

  /** How SQLite goes about a statement, one step a line. */
  plan(sql: string): readonly string[] {
    return (super.all(`EXPLAIN QUERY PLAN ${sql}`) as readonly { detail: string }[]).map(({ detail }) => detail);
  }
}
