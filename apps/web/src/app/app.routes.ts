import type { Routes } from '@angular/router';
import { signedIn } from './session/session-guard.ts';

export const routes: Routes = [
  {
    path: 'sign-in',
    loadComponent: () => import('./sign-in/sign-in.ts').then(({ SignInPage }) => SignInPage),
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: () => import('./shell/shell.ts').then(({ Shell }) => Shell),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'fleet' },
      {
        path: 'fleet',
        loadComponent: () => import('./fleet/fleet.ts').then(({ FleetPage }) => FleetPage),
      },
      {
        path: 'hosts/:id',
        loadComponent: () => import('./host/host.ts').then(({ HostPage }) => HostPage),
      },
      {
        path: 'incidents',
        loadComponent: () => import('./incidents/incidents.ts').then(({ IncidentsPage }) => IncidentsPage),
      },
      {
        path: 'incidents/:id',
        loadComponent: () => import('./incident/incident.ts').then(({ IncidentPage }) => IncidentPage),
      },
      {
        path: 'storage',
        loadComponent: () => import('./storage/storage.ts').then(({ StoragePage }) => StoragePage),
      },
      {
        path: '**',
        loadComponent: () => import('./shell/not-found.ts').then(({ NotFound }) => NotFound),
      },
    ],
  },
];
