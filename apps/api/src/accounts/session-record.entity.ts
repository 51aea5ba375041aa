import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A browser that somebody signed in with. The cookie itself is not kept, only its SHA-256. */
@Entity('session')
export class SessionRecord {
  @PrimaryColumn('bytea', { name: 'token_sha256' })
  tokenSha256: Buffer;

  @Column('text')
  username: string;

  @Column('text')
  role: 'viewer' | 'operator' | 'admin';

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Index('session_expires')
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
