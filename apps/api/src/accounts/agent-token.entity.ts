import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A bearer token that agents push with. Only its SHA-256 is kept. */
@Entity('agent_token')
export class AgentToken {
  @PrimaryGeneratedColumn('identity', { name: 'agent_token_id', generatedIdentity: 'ALWAYS' })
  id: number;

  @Column('bytea', { name: 'token_sha256', unique: true })
  tokenSha256: Buffer;

  @Column('text')
  name: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
